"""Commands for whoever operates a home: server, keys, users, events, pruning."""
