"""Tips that models write ahead of time for a user's context, and how they take part in decisions."""
