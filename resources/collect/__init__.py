"""Collecting: from options to a pinned spec, then every generation asked once and journaled."""
