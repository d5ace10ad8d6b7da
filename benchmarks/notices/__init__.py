"""Speed of the notifier: a week in advance, and hand-overs."""
