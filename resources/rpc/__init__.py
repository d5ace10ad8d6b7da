"""Calls of a module's contract over HTTP, for a module in a process of its own."""
