"""Which cell of an experiment to ship, and handing it over."""
