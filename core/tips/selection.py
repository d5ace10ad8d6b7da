"""Chooses the cells that serve tips: the best ones of published leaderboards, and some others to learn from."""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec

from core.canonical import content_hash

PER_AREA = 2
"""Cells that an area has at least, as far as there are any: with one there is nothing to choose."""
LEFT_OUT = {
    "no_score": "no score with a lower bound",
    "provisional": "provisional: too few of its tips are judged",
    "no_cost": "its cost is not known, and there is a ceiling",
    "cost": "dearer than the ceiling",
    "no_tips": "no judged text that may be shown",
    "not_chosen": "lower than the best, and not drawn among the rest",
}
"""Why a cell serves nothing, by code; the first that holds is its reason."""


class SelectionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many cells serve: the `best` by lower bound, and of all chosen at least the share `low_ranked` of others.

    `leaderboards` are names of experiments; without one those of all experiments count. A cell whose 1,000 tips cost
    more USD than `max_cost_per_1k` serves nothing. `tips_per_area` texts of a cell in an area are served at most.
    """

    name: ClassVar[str] = "lower_bound"
    revision: ClassVar[int] = 1
    leaderboards: Annotated[tuple[str, ...], msgspec.Meta(max_length=50)] = ()
    best: Annotated[int, msgspec.Meta(ge=1, le=50)] = 6
    low_ranked: Annotated[float, msgspec.Meta(ge=0, le=0.5)] = 0.2
    max_cost_per_1k: Annotated[float, msgspec.Meta(ge=0)] | None = None
    tips_per_area: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20

    @property
    def hash(self) -> str:
        """Return 64 hex digits that are equal for rules that choose alike."""
        settings = msgspec.structs.asdict(self)
        return content_hash({"name": self.name, "revision": self.revision, "settings": settings})


@dataclass(frozen=True)
class BoardCell:
    """A cell of a leaderboard: score and lower bound are 0 at the low end of the scale and 1 at the high end.

    `areas` are those in which it has a text that may be shown, `data_hash` is that of the leaderboard. None is not
    known.
    """

    model: str
    prompt: str
    score: float | None
    low: float | None
    cost_per_1k: float | None
    n_scenarios: int
    provisional: bool
    areas: frozenset[str]
    data_hash: str

    @property
    def arm(self) -> str:
        """Return the name under which policies know the cell."""
        return f"{self.model}/{self.prompt}"


@dataclass(frozen=True)
class Selection:
    """The cells that serve, best first, and the code by arm of why another does not; no arm is in both."""

    chosen: Sequence[BoardCell]
    left_out: Mapping[str, str]


def choose_cells(cells: Iterable[BoardCell], rule: SelectionRule) -> Selection:
    """Return the cells that serve tips; the order in which they are given does not matter.

    Of a cell on several leaderboards the row with the most scenarios counts. First come the best by lower bound, of
    equal ones those with more scenarios and then by name; then for each area that has fewer than two the next best that
    write about it; then from the rest as many as the share of low-ranked ones needs, by a hash of leaderboard and name,
    so that every cell may come with a new publication.
    """
    rows = _one_each(cells)
    left_out = {cell.arm: code for cell in rows if (code := _fault(cell, rule)) is not None}
    usable = sorted((cell for cell in rows if cell.arm not in left_out), key=_rank)
    chosen = {cell.arm: cell for cell in usable[: rule.best]}
    for area in sorted({area for cell in usable for area in cell.areas}):
        others = (cell for cell in usable if area in cell.areas and cell.arm not in chosen)
        missing = PER_AREA - sum(area in cell.areas for cell in chosen.values())
        chosen |= {cell.arm: cell for cell, _ in zip(others, range(missing), strict=False)}
    best = {cell.arm for cell in usable[: rule.best]}
    low = sum(arm not in best for arm in chosen)
    wanted = math.ceil(round(rule.low_ranked * len(best) / (1 - rule.low_ranked), 9)) - low
    rest = sorted((cell for cell in usable if cell.arm not in chosen), key=_drawn)
    chosen |= {cell.arm: cell for cell in rest[: max(0, wanted)]}
    left_out |= {cell.arm: "not_chosen" for cell in usable if cell.arm not in chosen}
    return Selection([cell for cell in usable if cell.arm in chosen], left_out)


def _one_each(cells: Iterable[BoardCell]) -> list[BoardCell]:
    rows: dict[str, BoardCell] = {}
    for cell in sorted(cells, key=lambda cell: (cell.n_scenarios, cell.data_hash, cell.low is not None)):
        rows[cell.arm] = cell
    return list(rows.values())


def _fault(cell: BoardCell, rule: SelectionRule) -> str | None:
    ceiling, cost = rule.max_cost_per_1k, cell.cost_per_1k
    if cell.low is None or cell.score is None:
        return "no_score"
    if cell.provisional:
        return "provisional"
    if ceiling is not None and cost is None:
        return "no_cost"
    if ceiling is not None and cost is not None and cost > ceiling:
        return "cost"
    return None if cell.areas else "no_tips"


def _rank(cell: BoardCell) -> tuple[float, int, str]:
    return -round(cell.low or 0.0, 9), -cell.n_scenarios, cell.arm


def _drawn(cell: BoardCell) -> bytes:
    return hashlib.sha256(f"{cell.data_hash} {cell.arm}".encode()).digest()
