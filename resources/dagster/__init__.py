"""Dagster as the outside: its instance on the home, its own GraphQL in process, runs launched and watched."""
