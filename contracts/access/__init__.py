"""Who calls, how they signed in, what they did: callers, auth, identity providers and the audit log."""
