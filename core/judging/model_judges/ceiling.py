"""What an experiment's record says of model judges: their ceiling, who is used anyway, whose model was mended."""

from collections.abc import Iterable, Mapping

import msgspec

from core.benchmark.model import Model
from core.judging.model_judges.definition import JudgeDefinition


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


class JudgeModelAmended(msgspec.Struct, frozen=True, tag="judge_model_amended"):
    """The mended catalog entry of a judge's model that had given no answer takes the pinned one's place from here."""

    judge: str
    model: Model
    author: str
    at: str


ModelJudgesRecord = JudgeCeilingRecord | JudgeAnyway | JudgeModelAmended


def judge_ceiling_of(records: Iterable[object]) -> float | None:
    """Return the ceiling in force of what judging may cost in USD, or None if none was recorded."""
    ceilings = [record.max_judge_cost for record in records if isinstance(record, JudgeCeilingRecord)]
    return ceilings[-1] if ceilings else None


def used_anyway(records: Iterable[object]) -> set[str]:
    """Return the judges that are used whatever their trial shows."""
    return {judge for record in records if isinstance(record, JudgeAnyway) for judge in record.judges}


def with_mended_models(
    definitions: Mapping[str, JudgeDefinition], records: Iterable[object]
) -> dict[str, JudgeDefinition]:
    """Return the definitions in which the last mended entry of a judge's model replaces the pinned one."""
    mended = {record.judge: record.model for record in records if isinstance(record, JudgeModelAmended)}
    return {
        judge: own if judge not in mended else JudgeDefinition(own.entry, mended[judge])
        for judge, own in definitions.items()
    }
