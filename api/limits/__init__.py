"""The limits of an operation: size, complexity, rate and role, checked before anything of it runs."""
