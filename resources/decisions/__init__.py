"""Published decisions of the recommender: one Parquet part a day, and how rows of a user leave them."""
