"""Chance that words decide."""

import hashlib

import numpy as np

from core.simulated_users.chances import chance_of


def test_a_chance_is_the_hash_of_its_words() -> None:
    """The first 53 bits of SHA-256, so that another program comes to the same; other words or order, another one."""
    digest = hashlib.sha256(b"tipbench simulation 1\x001\x00taste\x00m/p").hexdigest()
    assert chance_of(1, "taste", "m/p") == (int(digest[:16], 16) // 2**11) / 2**53
    assert len({chance_of("a", "b"), chance_of("b", "a"), chance_of("ab"), chance_of("a\0", "b")}) == 4


def test_chances_are_uniform() -> None:
    """Of 10,000 in ten equal parts each holds its share, by Pearson's chi-square (0.1 % point of 9 degrees: 27.9)."""
    counts = np.histogram([chance_of("uniform", n) for n in range(10_000)], bins=10, range=(0, 1))[0]
    assert ((counts - 1_000) ** 2 / 1_000).sum() < 27.9
