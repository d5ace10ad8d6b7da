"""Judging: items go out in blind folders, answers come back through one validator, scores are stored with history."""
