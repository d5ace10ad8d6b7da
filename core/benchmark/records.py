"""What is added to an experiment after its pin: judges, baselines, rounds and so on; append-only, author and time."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from core.benchmark.model import Endpoint, Model
from core.benchmark.names import InvalidName, judge_name
from core.choosing.records import ChoiceRecord, ShipRecord, ShipUndone, UnpackedRecord
from core.expected_error import FieldError
from core.judging.model_judges.ceiling import ModelJudgesRecord, with_mended_models
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.programs import PROGRAMS
from core.judging.tasks import NOT_OFFERED, TASKS, Task, TaskNotOffered

JudgeKind = Literal["human", "agent", "model", "program"]
KINDS: tuple[JudgeKind, ...] = ("human", "agent", "model", "program")
"""In the order in which a leaderboard prefers them."""


class JudgeRecord(msgspec.Struct, frozen=True, tag="judge", omit_defaults=True):
    """A judge takes part from here on; its kind, its task and the `definition` of one of the catalog never change."""

    judge: str
    kind: JudgeKind
    author: str
    at: str
    task: Task = "rating"
    definition: JudgeDefinition | None = None


class BaselineRecord(msgspec.Struct, frozen=True, tag="baseline"):
    """The cell that differences are taken to, from here on."""

    model: str
    prompt: str
    author: str
    at: str


class CeilingRecord(msgspec.Struct, frozen=True, tag="ceiling"):
    """The most that collecting may spend in all, in USD, from here on."""

    max_cost: float
    author: str
    at: str


class RoundOpened(msgspec.Struct, frozen=True, tag="round_opened"):
    """A judge may answer from here on; `round` is random."""

    round: str
    judge: str
    author: str
    at: str


class RoundReady(msgspec.Struct, frozen=True, tag="round_ready"):
    """The round covers the items of the judge's export folder of this number; 0 when nothing was pending."""

    round: str
    export: int
    at: str


class RoundClosed(msgspec.Struct, frozen=True, tag="round_closed"):
    """No more answers from here on."""

    round: str
    author: str
    at: str


class ArchiveRecord(msgspec.Struct, frozen=True, tag="archived"):
    """Hidden from lists and closed to launches and rounds from here on."""

    author: str
    at: str


class UnarchiveRecord(msgspec.Struct, frozen=True, tag="unarchived"):
    """Listed again and open to launches and rounds from here on."""

    author: str
    at: str


class ModelAmended(msgspec.Struct, frozen=True, tag="model_amended"):
    """The mended catalog entry of a model that had given no answer takes the place of the pinned one from here on."""

    model: Model
    author: str
    at: str


class TransportRecord(msgspec.Struct, frozen=True, tag="transport"):
    """A model is reached by this endpoint of the catalog from here on."""

    model: str
    endpoint: Endpoint
    author: str
    at: str


class CellTitle(msgspec.Struct, frozen=True, tag="cell_title"):
    """The label that a cell of adopted outputs came with, where its model or prompt got another name."""

    model: str
    prompt: str
    title: str
    author: str
    at: str


class DataWarning(msgspec.Struct, frozen=True, tag="data_warning"):
    """A sentence on what is odd about the outputs, for everyone who reads the leaderboard."""

    text: str
    author: str
    at: str


class MachineShared(msgspec.Struct, frozen=True, tag="machine_shared"):
    """These models answered in one run on one machine of `cores`, embedded ones beside a server: each slowed others."""

    models: tuple[str, ...]
    cores: int
    author: str
    at: str


Record = (
    JudgeRecord
    | BaselineRecord
    | CeilingRecord
    | ModelJudgesRecord
    | RoundOpened
    | RoundReady
    | RoundClosed
    | ArchiveRecord
    | UnarchiveRecord
    | UnpackedRecord
    | ModelAmended
    | TransportRecord
    | CellTitle
    | DataWarning
    | MachineShared
    | ChoiceRecord
    | ShipRecord
    | ShipUndone
)


class JudgeConflict(FieldError):
    """A judge named with another kind than it has."""


class UnknownBaseline(FieldError):
    """A baseline that is no cell of the experiment."""


def parse_judge(text: str) -> tuple[str, JudgeKind | None]:
    """Return id and kind of `ID[=KIND]`, the kind None if not given.

    Raise InvalidName if either part is not valid, TaskNotOffered for a judge who is to compare tips.
    """
    name, _, kind = text.partition("=")
    judge_name(name, ("judges",))
    if kind in TASKS[1:]:
        raise TaskNotOffered(f"judge {name!r}: {NOT_OFFERED}; give ID or ID=KIND", ("judges",))
    if kind and kind not in KINDS:
        raise InvalidName(f"judge {name!r} has kind {kind!r}: use one of {', '.join(KINDS)}", ("judges",))
    return name, kind or None


def judges_of(records: Sequence[Record]) -> dict[str, JudgeKind]:
    """Return the kind of each judge in order of first appearance, whatever its task."""
    return {judge: record.kind for judge, record in judge_records(records).items()}


def raters_of(records: Sequence[Record]) -> dict[str, JudgeKind]:
    """Return the kind of each judge who rates: who gets items and scores them, and whom a leaderboard rests on."""
    return {judge: record.kind for judge, record in judge_records(records).items() if record.task == "rating"}


def definitions_of(records: Sequence[Record]) -> dict[str, JudgeDefinition]:
    """Return the pinned definition of each judge of the catalog who rates, in order of first appearance."""
    found = judge_records(records).items()
    pinned = {judge: own.definition for judge, own in found if own.definition is not None and own.task == "rating"}
    return with_mended_models(pinned, records)


def refuse_other_tasks(records: Sequence[Record], judges: Iterable[str]) -> None:
    """Raise TaskNotOffered if one of `judges` is on record as one who compares, as a later version may write it."""
    known = judge_records(records)
    for judge in judges:
        if judge in known and known[judge].task != "rating":
            raise TaskNotOffered(f"judge {judge!r} is recorded for comparisons: {NOT_OFFERED}", ("judges",))


def judge_records(records: Sequence[Record]) -> dict[str, JudgeRecord]:
    """Return the record of each judge in order of first appearance; of two records of one judge the first counts."""
    found: dict[str, JudgeRecord] = {}
    for record in records:
        if isinstance(record, JudgeRecord):
            found.setdefault(record.judge, record)
    return found


def judge_kind(name: str, requested: JudgeKind | None, known: dict[str, JudgeKind]) -> JudgeKind:
    """Return the kind a judge has or gets: a known or registered one, else the requested one, else human.

    Raise JudgeConflict if the requested kind differs from the one on record.
    """
    fixed = known.get(name) or ("program" if name in PROGRAMS else None)
    if fixed and requested and requested != fixed:
        raise JudgeConflict(
            f"judge {name!r} is recorded as {fixed} and cannot become {requested}: use another judge id",
            ("judges",),
        )
    return fixed or requested or "human"


def split_baseline(text: str) -> tuple[str, str]:
    """Return (model, prompt) of `MODEL/PROMPT`, split at the last slash; raise UnknownBaseline if a part is missing."""
    model, slash, prompt = text.rpartition("/")
    if not slash or not model or not prompt:
        raise UnknownBaseline(
            f"baseline {text!r} is not MODEL/PROMPT: name a cell, for example template/terse", ("baseline",)
        )
    return model, prompt


def baseline_cell(cells: list[tuple[str, str]], records: list[Record]) -> int:
    """Return the index of the baseline: the last on record, else `template` with its first prompt, else the first cell.

    Raise UnknownBaseline if the recorded one is no cell.
    """
    for record in reversed(records):
        if isinstance(record, BaselineRecord):
            return check_baseline(cells, (record.model, record.prompt))
    return next((i for i, (model, _) in enumerate(cells) if model == "template"), 0)


def is_default_baseline(records: list[Record]) -> bool:
    """Return whether nobody has chosen the baseline."""
    return not any(isinstance(record, BaselineRecord) for record in records)


def check_baseline(cells: list[tuple[str, str]], cell: tuple[str, str]) -> int:
    """Return the index of `cell` in `cells`; raise UnknownBaseline, which lists the cells, if it is none of them."""
    if cell in cells:
        return cells.index(cell)
    known = ", ".join(f"{model}/{prompt}" for model, prompt in cells[:12])
    raise UnknownBaseline(
        f"baseline {cell[0]}/{cell[1]} is no cell of this experiment: use one of {known}", ("baseline",)
    )


def ceiling_of(records: list[Record]) -> float | None:
    """Return the cost ceiling in force in USD, or None if none was recorded."""
    ceilings = [record.max_cost for record in records if isinstance(record, CeilingRecord)]
    return ceilings[-1] if ceilings else None


def is_archived(records: Sequence[Record]) -> bool:
    """Return whether the experiment is archived: the last record that says so or takes it back counts."""
    said = [record for record in records if isinstance(record, ArchiveRecord | UnarchiveRecord)]
    return bool(said) and isinstance(said[-1], ArchiveRecord)


def unpacked_from(records: Sequence[Record]) -> UnpackedRecord | None:
    """Return what says of an experiment that it came from a pack, None for one that was made in its home."""
    return next((record for record in records if isinstance(record, UnpackedRecord)), None)


def titles_of(records: list[Record]) -> dict[tuple[str, str], str]:
    """Return the label of each cell that has one, by model and prompt."""
    return {(r.model, r.prompt): r.title for r in records if isinstance(r, CellTitle)}


def data_warnings(records: list[Record]) -> list[str]:
    """Return the sentences on what is odd about the outputs, in order."""
    return [record.text for record in records if isinstance(record, DataWarning)]


def slowed_models(records: list[Record]) -> list[str]:
    """Return the models whose latencies were measured while others ran on the same machine, in order."""
    return list(dict.fromkeys(name for r in records if isinstance(r, MachineShared) for name in r.models))


def latency_notes(records: list[Record]) -> list[str]:
    """Return a sentence on latencies that were measured under contention, none where there are none."""
    names = slowed_models(records)
    if not names:
        return []
    said = f"{' and '.join(names)} shared one machine while they answered"
    return [f"{said}: their latencies, p95 too, are longer than each would have alone"]
