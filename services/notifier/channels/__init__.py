"""Channels outside the app: how a notice is handed over to a push service or a mail server, and what became of it."""
