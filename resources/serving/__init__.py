"""Serving: models of the catalog that are asked for tips ahead of time, in this process or in one of its own."""
