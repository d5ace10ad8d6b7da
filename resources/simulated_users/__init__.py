"""Plays users on the modules of a home, so that the loop from tips to reports can be seen without people."""
