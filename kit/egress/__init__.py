"""The one guarded way out for HTTP: addresses are checked, pinned and bounded before a stranger's URL is requested."""
