"""Where users are reached outside the app."""
