"""Chance of simulations: numbers that words alone decide, the same on every machine and in every version."""

import hashlib

PURPOSE = "tipbench simulation 1"
BITS = 53
"""What a double holds exactly."""


def chance_of(*words: str | int) -> float:
    """Return a number from 0 to below 1, a multiple of 2⁻⁵³ that the words and their order alone decide."""
    text = "\0".join((PURPOSE, *map(str, words))).encode()
    return (int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> (64 - BITS)) / (1 << BITS)
