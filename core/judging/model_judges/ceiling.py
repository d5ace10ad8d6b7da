"""What an experiment's record says of model judges: the ceiling on what they are paid, and who is used anyway."""

from collections.abc import Iterable

import msgspec


class JudgeCeilingRecord(msgspec.Struct, frozen=True, tag="judge_ceiling"):
    """The most that judging by models may spend in all, in USD, from here on."""

    max_judge_cost: float
    author: str
    at: str


class JudgeAnyway(msgspec.Struct, frozen=True, tag="judge_anyway"):
    """These judges are used from here on, whatever their trial shows."""

    judges: tuple[str, ...]
    author: str
    at: str


ModelJudgesRecord = JudgeCeilingRecord | JudgeAnyway


def judge_ceiling_of(records: Iterable[object]) -> float | None:
    """Return the ceiling in force of what judging may cost in USD, or None if none was recorded."""
    ceilings = [record.max_judge_cost for record in records if isinstance(record, JudgeCeilingRecord)]
    return ceilings[-1] if ceilings else None


def used_anyway(records: Iterable[object]) -> set[str]:
    """Return the judges that are used whatever their trial shows."""
    return {judge for record in records if isinstance(record, JudgeAnyway) for judge in record.judges}
