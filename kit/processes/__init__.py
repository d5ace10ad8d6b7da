"""Processes of ours that do one thing within bounds."""
