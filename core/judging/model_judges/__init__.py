"""Models that judge: their pinned definition, what they are sent, and what of their answers is a score."""
