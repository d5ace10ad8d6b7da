"""What may be looked at every day: intervals that hold at all times, and whether users were dealt as planned."""
