"""Reports of a day: the log of decisions held against itself and against a published leaderboard."""
