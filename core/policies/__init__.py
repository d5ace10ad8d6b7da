"""How a tip is drawn: policies as configuration, the probabilities they give to arms, and the draw from a seed."""
