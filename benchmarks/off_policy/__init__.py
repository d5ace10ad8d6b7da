"""Off-policy estimates: how often their intervals hold the truth, and what a million decisions take."""
