"""The events module's outside systems: NATS JetStream, and published signals on disk."""
