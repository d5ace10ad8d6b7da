"""From scores to a leaderboard: the tally, the fitted means, the rows, the checks over them."""
