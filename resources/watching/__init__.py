"""Watching the house: log lines, metrics and spans."""
