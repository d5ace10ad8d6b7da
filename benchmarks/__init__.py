"""Speed and memory, run by hand: every figure is a ratio to a peer or to the limit, measured in the same run."""
