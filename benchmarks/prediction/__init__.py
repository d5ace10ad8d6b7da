"""How often the answer to whether a benchmark predicts reactions is right."""
