"""The Parquet parts of the scores: whether their items all differ, and folding many small ones into one."""
