"""Profiles, consents, the export of everything about a user, and erasing a user."""
