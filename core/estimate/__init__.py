"""The estimators of the leaderboard: levels, differences, simultaneous bands and ranks; see docs/statistics.md."""
