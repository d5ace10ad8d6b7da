"""Gates for continuous integration: whether one cell of a leaderboard is good, reliable, quick and cheap enough."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated

import msgspec

from core.expected_error import FieldError
from core.scoring.checks import CheckResult
from core.scoring.leaderboard_row import LeaderboardRow


class UnknownCell(FieldError):
    """A cell with limits that is none of the experiment."""


class Gates(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The limits for one cell; None sets no limit. `cell` is MODEL/PROMPT, None the leader.

    `min_score` is in rubric units and holds for the low end of the score's interval, `max_failures` is a share of the
    cell's generations from 0 to 1, `max_p95_ms` a latency in ms, `max_cost_per_1k` in USD; the last two are of points.
    `against` is an experiment or a pack in which the cell is looked up too, by itself the one that was shipped there,
    and `max_drop` how far its score may be below that one, in rubric units.
    """

    cell: str | None = None
    min_score: float | None = None
    max_failures: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    max_p95_ms: Annotated[float, msgspec.Meta(ge=0)] | None = None
    max_cost_per_1k: Annotated[float, msgspec.Meta(ge=0)] | None = None
    against: str | None = None
    max_drop: Annotated[float, msgspec.Meta(ge=0)] | None = None

    def any_set(self) -> bool:
        """Return whether any limit is set."""
        return any(getattr(self, name) is not None for name in LIMITS)


LIMITS = ("min_score", "max_failures", "max_p95_ms", "max_cost_per_1k")


def check_cell(gates: Gates, cells: Sequence[tuple[str, str]]) -> None:
    """Return if `gates` name no cell or one of `cells`; raise UnknownCell, which lists some, if it is none of them."""
    names = [f"{model}/{prompt}" for model, prompt in cells]
    if gates.cell is not None and gates.cell not in names:
        raise UnknownCell(
            f"cell {gates.cell!r} is no cell of this experiment: use one of {', '.join(names[:12])}", ("cell",)
        )


def gate(
    gates: Gates, rows: Sequence[LeaderboardRow], failed: Mapping[str, float], slowed: Collection[str] = ()
) -> list[CheckResult]:
    """Return a result for each limit that is set, in the order of LIMITS; empty if none is.

    `rows` are a leaderboard's, best first; `failed` holds each cell's share of failed and refused generations, `slowed`
    the models whose latencies were measured while others ran on the same machine, which is said. If no
    cell has a score there is no leader, and every limit fails unless `cell` is named; a number that is not known fails
    its limit, as all do where nothing is published.
    """
    if not gates.any_set():
        return []
    row = _row(gates.cell, rows)
    if isinstance(row, str):
        limits = {name: limit for name in LIMITS if (limit := getattr(gates, name)) is not None}
        return [_result(name, gates.cell, row, None, limit, passed=False) for name, limit in limits.items()]
    label = f"{row.model}/{row.prompt}"
    found = []
    for name, value, fits in _numbers(row, failed.get(label)):
        limit = getattr(gates, name)
        if limit is not None:
            words = "at least" if name == "min_score" else "at most"
            what = f"{label} has {WORDS[name]} {_shown(value)}, {words} {_shown(limit)} is asked"
            if name == "max_p95_ms" and row.model in slowed:
                what += "; measured while other models ran on the same machine, so it is shorter alone"
            passed = value is not None and fits(value, limit)
            found.append(_result(name, label, what, value, limit, passed=passed))
    return found


WORDS = {
    "min_score": "a score whose interval begins at",
    "max_failures": "a share of failed generations of",
    "max_p95_ms": "a p95 latency in ms of",
    "max_cost_per_1k": "a cost in USD per 1,000 tips of",
}


def _numbers(
    row: LeaderboardRow, failed: float | None
) -> list[tuple[str, float | None, Callable[[float, float], bool]]]:
    def least(value: float, limit: float) -> bool:
        return value >= limit

    def most(value: float, limit: float) -> bool:
        return value <= limit

    return [
        ("min_score", row.low, least),
        ("max_failures", failed, most),
        ("max_p95_ms", row.latency_p95_ms, most),
        ("max_cost_per_1k", row.cost_per_1k, most),
    ]


def _row(cell: str | None, rows: Sequence[LeaderboardRow]) -> LeaderboardRow | str:
    if cell is None:
        scored = [row for row in rows if row.score is not None]
        return scored[0] if scored else "nobody has scored yet, so there is no leader: score it, or name a cell"
    named = [row for row in rows if f"{row.model}/{row.prompt}" == cell]
    return named[0] if named else f"{cell} is on no published leaderboard yet"


def _result(
    name: str, cell: str | None, message: str, value: float | None, limit: float, *, passed: bool
) -> CheckResult:
    numbers = {"limit": limit} if value is None else {"value": value, "limit": limit}
    return CheckResult(name, passed, "error", message, numbers, cell=cell)


def _shown(value: float | None) -> str:
    return "not known" if value is None else f"{value:.6g}"
