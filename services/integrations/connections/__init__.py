"""Connections as they are stored: their rows, their items, and a sync from its claim to its commit."""
