"""The benchmark for admins: reads of the lake, and records added to an experiment."""
