"""The transports of the events module: NATS JetStream, and published signals on the disk."""
