"""How long a test waits, at most, for what takes seconds on a quiet machine: a wait that this ends is a failure."""

DEADLINE_S = 240.0
