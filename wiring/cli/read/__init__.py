"""Commands that only read: the catalog, plans, listings, leaderboards and checks."""
