"""What an operation may cost: size, complexity, rate and role, before anything of it runs."""
