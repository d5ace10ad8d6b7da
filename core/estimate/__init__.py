"""The estimators of the leaderboard: levels, differences, simultaneous bands and ranks; see docs/statistics.md."""

ESTIMATOR_VERSION = 5
"""Raised whenever equal data come to other numbers: it enters the hash of a leaderboard, and old snapshots stay.

1: ranks in one step, the bootstrap's critical value whatever Bonferroni's is. 2: never above Bonferroni's, stepping
down. 3: no level, and no limit of an interval, outside the scale. 4: all steps down in the same resamples, and five
scenarios leave 4 degrees of freedom whatever rounding says; levels whose scores crowd at an end of the scale, or are 0
and 1 only, have t's interval joined with Wilson's, differences that do have it joined with Agresti and Min's, and judge
× cell effects count where judges saw other parts. 5: with fewer than 16 scenarios, what is near an end of the scale is
judged as with 16.
"""
LEVEL = 0.95
"""Of every interval and band, and of what is called separated."""
