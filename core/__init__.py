"""Pure records and functions: what a benchmark is and what its numbers mean; no clock, file or unseeded chance."""
