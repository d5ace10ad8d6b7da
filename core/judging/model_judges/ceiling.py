"""The ceiling on what models are paid for judging, as it stands on an experiment's record."""

from collections.abc import Iterable

import msgspec


class JudgeCeilingRecord(msgspec.Struct, frozen=True, tag="judge_ceiling"):
    """The most that judging by models may spend in all, in USD, from here on."""

    max_judge_cost: float
    author: str
    at: str


def judge_ceiling_of(records: Iterable[object]) -> float | None:
    """Return the ceiling in force of what judging may cost in USD, or None if none was recorded."""
    ceilings = [record.max_judge_cost for record in records if isinstance(record, JudgeCeilingRecord)]
    return ceilings[-1] if ceilings else None
