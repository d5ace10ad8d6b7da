"""Notifier: brings notices to users at a moment that suits them, each once."""
