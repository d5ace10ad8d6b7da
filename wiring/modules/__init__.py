"""Puts each module together and into the server: auth, events, profile, retention, calls to modules elsewhere."""
