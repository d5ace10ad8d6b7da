"""Score files on their way into the scores, wherever they came in."""
