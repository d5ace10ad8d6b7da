"""Judging as pure functions: rubrics, blinding, rounds, the validator of answers and the program judge."""
