"""Decisions by simulation: how often a cell is shipped that is too bad, and how often one is shipped at all."""
