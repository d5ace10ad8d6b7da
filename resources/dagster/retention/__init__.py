"""How long Dagster's own storage keeps runs, their events, checks and output, events without a run, and ticks."""
