"""How a tip is drawn: policies as configuration, their probabilities, the draw, folded reactions; docs/policies.md."""
