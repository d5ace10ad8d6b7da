"""Reads the files that other evaluation tools write, each recognised by its shape."""
