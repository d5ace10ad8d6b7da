"""Signing in with an OpenID provider: transactions, ID tokens, identities and their revocation."""
