"""Integrations: a user's connections to calendars, what was read of them, and their secrets."""
