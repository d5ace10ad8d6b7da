"""The vault: secrets of connections, each under a data key of its own, which versioned keys wrap."""
