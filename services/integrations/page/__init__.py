"""The page on which a user sees their own connections."""
