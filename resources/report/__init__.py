"""The HTML report of a leaderboard and its plot: one file that needs no network."""
