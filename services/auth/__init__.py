"""Auth: users, sessions, tokens, one-time links and invitations."""
