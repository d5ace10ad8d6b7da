"""What connections cost: opening a secret, and a sync of a large calendar."""
