"""Running the system: its health, events that were given up, erasures, notices, and what is stored of a user."""
