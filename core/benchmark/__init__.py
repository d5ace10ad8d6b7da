"""What a benchmark is: spec and options, models, prompts and scenarios, the grid of generations and their outcomes."""
