"""OAuth: what a browser is sent to a provider with, the tokens that come of it, and how they end."""
