"""Recommender: serves tips from the winning cells and says why; not built yet."""
