"""The judging room: items out in blind folders, answers back through one validator, scores kept with history."""
