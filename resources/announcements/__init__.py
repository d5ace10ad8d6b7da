"""Tells the other modules what happened to experiments, whichever process did it: read from the home's own records."""
