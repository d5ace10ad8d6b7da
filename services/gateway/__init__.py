"""The gateway: the edge rules every request passes, and the webhook endpoint."""
