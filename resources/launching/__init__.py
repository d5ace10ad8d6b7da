"""Launching over any run backend: what may be launched, what is pinned and recorded, and no launch twice."""
