"""The shared types that cross a wall: records and Protocols, no code that runs."""
