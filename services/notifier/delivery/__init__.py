"""What is handed over outside the app: a slot for each notice and channel, and what became of it."""
