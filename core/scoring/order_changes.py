"""What changes in the order of cells when something is computed otherwise: who moves from where to where."""

from collections.abc import Mapping
from itertools import pairwise

from core.plurals import counted, listed

SAME = 1e-9
"""Scores closer than this, in rubric units, are equal: their order means nothing."""
SHOWN = 3


def order_change(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """Return what changes between two boards, scores by cell, as the end of a sentence; empty if the order stays.

    A change is a cell that stood above another and stands below it; cells that are equal before or after have not
    changed places. Places are those among the cells that have a score in both, equal scores share the first of theirs.
    A cell that loses its score is named.
    """
    both = [name for name in before if name in after]
    moved = {
        name
        for one in both
        for other in both
        if before[one] - before[other] > SAME and after[other] - after[one] > SAME
        for name in (one, other)
    }
    was, now = _places({name: before[name] for name in both}), _places({name: after[name] for name in both})
    lost = [name for name in before if name not in after]
    parts = [_moves([name for name in sorted(both, key=lambda name: now[name]) if name in moved], was, now)]
    parts.append(f"{listed(lost, SHOWN)} {'has' if len(lost) == 1 else 'have'} no score" if lost else "")
    return "; ".join(part for part in parts if part)


def _moves(moved: list[str], was: Mapping[str, int], now: Mapping[str, int]) -> str:
    moves = [f"{name} moves from {was[name]} to {now[name]}" for name in moved if was[name] != now[name]]
    if len(moved) == 2 or (moved and not moves):
        return f"{' and '.join(moved)} change places"
    rest = len(moves) - SHOWN
    return ", ".join(moves[:SHOWN]) + (f", and {counted(rest, 'more cell')} {_move(rest)}" if rest > 0 else "")


def _move(n: int) -> str:
    return "moves" if n == 1 else "move"


def _places(scores: Mapping[str, float]) -> dict[str, int]:
    """Return the place of each cell from 1, best first; scores that are equal share one."""
    ranked = sorted(scores, key=lambda name: -scores[name])
    places = {ranked[0]: 1} if ranked else {}
    for number, (above, name) in enumerate(pairwise(ranked), 2):
        places[name] = places[above] if scores[above] - scores[name] <= SAME else number
    return places
