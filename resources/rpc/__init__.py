"""A module's contract over HTTP: what crosses the wall when a module has a process of its own."""
