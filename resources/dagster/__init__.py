"""Dagster as an outside system: its instance on the home, its GraphQL in process, runs launched and watched."""
