"""Decisions on an experiment: choosing a cell by its leaderboard, and handing it over."""
