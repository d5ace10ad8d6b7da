"""What admins ask of the benchmark: reads of the lake, the catalog's shelf, and records added to an experiment."""
