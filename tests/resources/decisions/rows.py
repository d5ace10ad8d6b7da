"""Rows of published decisions for tests."""

from typing import Any

import msgspec

from contracts.tips.decision_log import PublishedTip


def published_tip(decision: str, user: str, **given: Any) -> PublishedTip:
    """Return a row of two arms that were as likely; `given` are other values of its fields."""
    made = PublishedTip(
        decision=decision,
        user=user,
        position=0,
        action="m/a",
        propensity=0.5,
        reward=0.0,
        area=None,
        hour_band="morning",
        weekday="friday",
        surface="page",
        locale=None,
        tip="a-1",
        shown=True,
        opened=False,
        dismissed=False,
        kind="random",
        policy="0" * 64,
        promotion=0,
        fallback=False,
        simulated=False,
        eligible=("m/a", "m/b"),
        probabilities=(0.5, 0.5),
    )
    return msgspec.structs.replace(made, **given)


def published_row(tip: PublishedTip) -> dict[str, Any]:
    """Return a row as it stands in a part: under the names of its columns, with lists as they are read."""
    features = {"area", "hour_band", "weekday", "surface", "locale"}
    row = {f"x.{name}" if name in features else name: value for name, value in msgspec.structs.asdict(tip).items()}
    return {**row, "eligible": list(tip.eligible), "probabilities": list(tip.probabilities)}
