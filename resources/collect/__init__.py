"""Collecting: from options to a pinned spec, then every generation requested once and journaled."""
