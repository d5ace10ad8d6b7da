"""Draws scenarios by seed, stratified by area, so that every cell answers the same ones in the catalog's mix."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from core.benchmark.scenario import Scenario
from core.expected_error import FieldError


class DrawError(FieldError):
    """More scenarios were requested than the catalog holds, or it holds none."""


def draw(scenarios: Sequence[Scenario], n: int | None, seed: int) -> tuple[Scenario, ...]:
    """Return `n` scenarios (all of them for None) by area name, within an area in an order set by the seed.

    Raise DrawError. The order depends on seed and scenario id alone, so a larger draw contains a smaller one as far as
    the allotment allows.
    """
    wanted = len(scenarios) if n is None else n
    if not scenarios or wanted > len(scenarios):
        raise DrawError(
            f"n_scenarios is {wanted} and the catalog holds {len(scenarios)}: ask for fewer, or add scenarios",
            ("n_scenarios",),
        )
    shares = allotment(Counter(scenario.area or "" for scenario in scenarios), wanted)
    chosen: list[Scenario] = []
    for area, share in sorted(shares.items()):
        members = sorted((s for s in scenarios if (s.area or "") == area), key=lambda s: (_place(seed, s.id), s.id))
        chosen += members[:share]
    return tuple(chosen)


def allotment(counts: Mapping[str, int], n: int) -> dict[str, int]:
    """Return how many of `n` places each key gets: in proportion to `counts` by largest remainder, ties by name."""
    total = sum(counts.values())
    shares = {area: n * count // total for area, count in counts.items()}
    left = n - sum(shares.values())
    by_remainder = sorted(counts, key=lambda area: (-(n * counts[area] % total), area))
    for area in by_remainder[:left]:
        shares[area] += 1
    return shares


def _place(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}|{name}".encode()).digest()
