"""Mail: the message and its signature, the relay of the settings, and what a relay's answers and bounces mean."""
