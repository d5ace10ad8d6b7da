"""Integrations: a user's connections to calendars and tasks, and their grants; not built yet."""
