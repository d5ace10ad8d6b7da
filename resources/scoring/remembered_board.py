"""Keeps the rows of the board that was computed last, by a hash of all that they follow from, for its check."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from core.scoring.leaderboard import CellCosts, RankingQuery, leaderboard
from core.scoring.leaderboard_row import LeaderboardRow
from core.scoring.tally import Tally

_LAST: dict[str, list[LeaderboardRow]] = {}


def board_of(query: RankingQuery, tally: Tally, costs: Mapping[int, CellCosts]) -> list[LeaderboardRow]:
    """Return the `leaderboard` of what was counted, which follows from nothing else; the last one is not fitted again.

    Whoever compares a board with what the files hold now counts the files again, and asks by those counts.
    """
    key = _hash_of(query, tally, costs)
    rows = _LAST.get(key)
    if rows is None:
        rows = leaderboard(query, tally, costs)
        _LAST.clear()
        _LAST[key] = rows
    return list(rows)


def _hash_of(query: RankingQuery, tally: Tally, costs: Mapping[int, CellCosts]) -> str:
    found = hashlib.sha256(repr(sorted(costs.items())).encode())
    for part in (query, tally):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                found.update(f"|{field.name}|{value.dtype}|{value.shape}|".encode())
                found.update(value.tobytes())
            else:
                found.update(f"|{field.name}|{value!r}|".encode())
    return found.hexdigest()
