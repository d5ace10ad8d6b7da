"""The stores of `contracts/storage.py`: local files of the home, and one in memory for tests and trials."""
