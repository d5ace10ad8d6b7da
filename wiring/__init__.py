"""Builds the program once: settings, definitions, command line; nobody imports it."""
