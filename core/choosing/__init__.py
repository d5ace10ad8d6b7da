"""Which cell to ship: comparisons with the best by a margin, the rule, and how many scenarios a decision needs."""
