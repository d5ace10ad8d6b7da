"""The lake: pins, journals and Parquet datasets of every experiment, under one folder each."""
