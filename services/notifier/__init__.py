"""Notifier: sends tips by mail and push within a user's hours and caps; not built yet."""
