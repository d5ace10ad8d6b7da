"""How often intervals hold the truth: seeded populations whose means are known, and the table of coverage."""
