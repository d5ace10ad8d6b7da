"""Chooses the anchors: old items that a judge is shown again among new ones, so that its drift can be measured."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class OldItem(NamedTuple):
    """An item that a judge has scored, with the cell and the scenario of its tip."""

    key: str
    cell: int
    scenario: int


def number_of_anchors(share: float, new: int, old: int) -> int:
    """Return `share` of the number of new items, rounded half to even, at most the number of old ones."""
    return min(round(share * new), old)


def choose_anchors(
    pool: Sequence[OldItem], count: int, *, seed: int, judge: str, chosen: Sequence[OldItem] = ()
) -> list[OldItem]:
    """Return `count` items of the pool, or all if it holds fewer, none of them in `chosen`.

    Each next one is of the cell that has the fewest so far, there of the scenario that has the fewest, `chosen` counted
    among them; ties fall by a hash of seed, judge and key. The order of the pool does not matter.
    """

    def rank(key: object) -> bytes:
        return hashlib.sha256(f"{seed}|{judge}|{key}".encode()).digest()

    taken = {item.key for item in chosen}
    cells, scenarios = Counter(item.cell for item in chosen), Counter(item.scenario for item in chosen)
    waiting: dict[int, dict[int, list[OldItem]]] = {}
    for item in sorted(pool, key=lambda item: rank(item.key), reverse=True):
        if item.key not in taken:
            waiting.setdefault(item.cell, {}).setdefault(item.scenario, []).append(item)
    ranks = {place: rank(place) for item in pool for place in (f"cell {item.cell}", f"scenario {item.scenario}")}
    found: list[OldItem] = []
    while waiting and len(found) < count:
        cell = min(waiting, key=lambda cell: (cells[cell], ranks[f"cell {cell}"]))
        own = waiting[cell]
        scenario = min(own, key=lambda scenario: (scenarios[scenario], ranks[f"scenario {scenario}"]))
        found.append(own[scenario].pop())
        cells[cell] += 1
        scenarios[scenario] += 1
        if not own[scenario]:
            del own[scenario]
        if not own:
            del waiting[cell]
    return found
