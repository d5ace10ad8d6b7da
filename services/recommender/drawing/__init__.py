"""From a request to a decision: what its context says, which cells may be drawn, the draw and its row."""
