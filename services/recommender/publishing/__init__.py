"""What leaves the recommender's tables for analysis."""
