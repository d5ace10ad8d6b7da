"""Builds the house once: settings, definitions, command line; nobody imports it."""
