"""The shared types that layers exchange: records, Protocols and their errors, no code that runs."""
