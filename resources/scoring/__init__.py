"""Computes, checks and publishes leaderboards from what the lake holds."""
