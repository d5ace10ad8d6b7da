"""Trials of judges that a person begins, before a run would pay them."""
