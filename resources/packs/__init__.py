"""Packs: an experiment as one file for other homes, without keys, addresses and names of people."""
