"""Running the system: its health, events that were given up, erasures, and what is stored of a user."""
