"""The limits that a cell must keep to be shipped: what it costs, how long it takes, and floors of criteria."""

from collections.abc import Mapping, Sequence

import msgspec

from core.estimate.student import beta_quantile, t_quantile
from core.expected_error import FieldError
from core.judging.rubric import Rubric
from core.scoring.leaderboard_row import Estimate, LeaderboardRow

LEVEL = 0.95
"""One-sided, of each candidate alone."""


class UnknownFloor(FieldError):
    """A floor on what is no criterion of any version of the rubric, or outside the values that it can have."""


class BrokenLimit(msgspec.Struct, frozen=True):
    """A limit that a cell breaks for certain, and its value there; None where it is not known."""

    cell: str
    limit: str
    value: float | None


class ShipLimits(msgspec.Struct, frozen=True, kw_only=True):
    """`floors` are in rubric units, of a gate a share from 0 to 1; None sets no limit."""

    max_cost_per_1k: float | None = None
    max_p95_ms: float | None = None
    floors: Mapping[str, float] = {}


def check_floors(limits: ShipLimits, rubric: Rubric, others: Sequence[Rubric] = ()) -> None:
    """Return if every floor is on a criterion, within its values; raise UnknownFloor.

    A criterion of another version of the rubric, which `others` are, may have one too: nobody has answered it here, so
    that no cell meets it.
    """
    for name, floor in limits.floors.items():
        own = next((each for each in (rubric, *others) if name in each.names), None)
        if own is None:
            said = f"floor: {name!r} is no criterion of {rubric.ref}: use one of {', '.join(rubric.names)}"
            raise UnknownFloor(said, ("floor",))
        low, high = (0.0, 1.0) if name in own.gates else (own.scale.low, own.scale.high)
        if not low <= floor <= high:
            raise UnknownFloor(f"floor: {name}={floor:g} is out of range: use {low:g} to {high:g}", ("floor",))


def broken_points(row: LeaderboardRow, limits: ShipLimits) -> list[BrokenLimit]:
    """Return the limits on points that a cell breaks; what is not known breaks its limit."""
    given = (
        ("max_cost_per_1k", row.cost_per_1k, limits.max_cost_per_1k),
        ("max_p95_ms", row.latency_p95_ms, limits.max_p95_ms),
    )
    return [
        BrokenLimit(name_of(row), name, value)
        for name, value, limit in given
        if limit is not None and (value is None or value > limit)
    ]


def broken_floors(row: LeaderboardRow, limits: ShipLimits) -> list[BrokenLimit]:
    """Return the floors that a cell breaks for certain: its whole interval is below, or nobody has answered."""
    found = []
    for name, floor in limits.floors.items():
        own = row.criteria.get(name, Estimate(None, None, None))
        highest = own.score if own.high is None else own.high
        if highest is None or highest < floor:
            found.append(BrokenLimit(name_of(row), f"floor {name}", own.score))
    return found


def keeps_floors(row: LeaderboardRow, limits: ShipLimits) -> bool:
    """Return whether the lower one-sided limit of every criterion with a floor is at its floor or above.

    Where all values are equal they count by the point. Of a gate the limit is Clopper and Pearson's, a scenario being
    one trial.
    """
    return all(_lower(row, name) >= floor for name, floor in limits.floors.items())


def _lower(row: LeaderboardRow, name: str) -> float:
    own = row.criteria.get(name)
    if own is None or own.score is None:
        return float("-inf")
    if own.gate:
        n = own.n or 0
        passed = round(own.score * n)
        return float(beta_quantile(passed, n - passed + 1, 1 - LEVEL)) if passed else 0.0
    if own.low is None:
        return float("-inf") if "too_few" in row.marks or row.n_scenarios <= 1 else own.score
    df = max(row.n_scenarios - 1, 1)  # the board's limit is that of 97.5 % to one side
    return own.score - (own.score - own.low) * float(t_quantile(df, LEVEL) / t_quantile(df, (1 + LEVEL) / 2))


def name_of(row: LeaderboardRow) -> str:
    """Return the name of a row's cell, MODEL/PROMPT."""
    return f"{row.model}/{row.prompt}"


def named(rows: Sequence[LeaderboardRow]) -> dict[str, LeaderboardRow]:
    """Return rows by the name of their cell, in their order."""
    return {name_of(row): row for row in rows}
