"""Recommender: serves tips by a policy, logs each decision before it is answered, and takes what users did."""
