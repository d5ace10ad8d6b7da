"""Outgoing webhooks: what happened on the server, signed and sent until the receiver has it."""
