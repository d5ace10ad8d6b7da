"""Running the system: its health, events that were given up, erasures, notices and their keys, and users' data."""
