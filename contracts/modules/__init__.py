"""What the modules of the tip app promise each other: events, broker, home screen, profile, sealing, retention."""
