"""The asset graph as Dagster loads and runs it."""
