"""What a server has done by processes beside it: rendering prompts that nobody knows yet, and asking a local model."""
