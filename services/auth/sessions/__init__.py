"""Browser sessions and one-time links: from a request's headers to its caller."""
