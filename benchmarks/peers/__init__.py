"""Servers that are compared with ours, and ours beside them, each started alone."""
