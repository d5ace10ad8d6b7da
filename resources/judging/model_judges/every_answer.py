"""The dataset judge_answers: every answer of model judges with its raw text, those beside the score too."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from contracts.storage import Fence
from core.benchmark.records import Record, definitions_of
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.dataset_columns import criterion_column, judge_answers_schema
from core.estimate.design import Floats
from core.judging.model_judges.standing import NumberedAnswer
from core.judging.rubric import Rubric
from resources.home import Home
from resources.judging.items import Items
from resources.lake.candidates import candidates
from resources.lake.parquet_parts import ParquetParts

Row = dict[str, Any]
Words = tuple[str | None, str | None]
"""Why a judge answered so, as its comment, and all that it wrote."""
WordsByTip = Mapping[str, Mapping[str, Words]]


class AnswersPart(msgspec.Struct, frozen=True):
    """One addition; `sha256` is of its rows, `has_repeats` where an item has several answers in it."""

    file: str
    judge: str
    rows: int
    sha256: str
    has_repeats: bool = False


class EveryAnswer:
    """The answers of one experiment; the caller of `add` holds the lease by its `fence`."""

    def __init__(self, home: Home, name: str, rubric: Rubric, *, fence: Fence | None = None) -> None:
        self._parts = ParquetParts(home.storage, home.key(name, "judge_answers"), AnswersPart)
        self._schema, self._fence = judge_answers_schema(rubric), fence

    def parts(self) -> list[AnswersPart]:
        """Return the additions, oldest first."""
        return self._parts.entries()

    def has_repeats(self, judge: str) -> bool:
        """Return whether an addition of the judge holds several answers to an item, or those beside the first."""
        return any(part.has_repeats and part.judge == judge for part in self.parts())

    def add(self, judge: str, rows: Sequence[Row]) -> None:
        """Append answers of a judge, each of which takes the place of an earlier one of its item and number."""
        parts = self.parts()
        table = pa.Table.from_pylist([{**row, "judge": judge} for row in rows], self._schema)
        file = self._parts.write(f"{judge}-{len(parts):05d}", table, self._fence)
        repeats = any(row["number"] > 0 for row in rows)
        added = [*parts, AnswersPart(file, judge, len(rows), content_hash(rows), has_repeats=repeats)]
        self._parts.switch(added, [part.file for part in added], self._fence)

    def rows(self, judges: Iterable[str], columns: Sequence[str] | None = None) -> list[Row]:
        """Return the last answer of each judge, item and number; `columns` are judge, item, number and those given."""
        wanted, found = set(judges), dict[tuple[str, str, int], Row]()
        names = None if columns is None else ["judge", "item", "number", *columns]
        for part in self.parts():
            if part.judge in wanted:
                for row in self._parts.read(part.file, names).to_pylist():
                    found[row["judge"], row["item"], row["number"]] = row
        return list(found.values())


def inherit_answers(
    home: Home, spec: Spec, old: str, judge: str, items: Iterable[tuple[str, str]], fence: Fence
) -> None:
    """Take over the answers of a judge in what is extended; `items` are pairs of an item there and one here.

    Answers to items that have any here stay as they are. Raise StaleFence.
    """
    there = EveryAnswer(home, old, spec.rubric)
    if not any(part.judge == judge for part in there.parts()):
        return
    here = EveryAnswer(home, spec.experiment, spec.rubric, fence=fence)
    known = {row["item"] for row in here.rows([judge], [])}
    wanted = dict[str, list[str]]()
    for theirs, ours in items:
        if ours not in known:
            wanted.setdefault(theirs, []).append(ours)
    rows = there.rows([judge]) if wanted else []
    if new := [{**row, "item": ours} for row in rows for ours in wanted.get(row["item"], [])]:
        here.add(judge, new)


def answer_row(rubric: Rubric, item: str, given: NumberedAnswer, raw: str | None) -> Row:
    """Return a row of the dataset for one answer to an item."""
    reading = given.reading
    scores = (reading.scores if reading is not None else None) or {}
    row: Row = {"item": item, "number": given.number, "why": given.why, "raw": raw}
    row |= {"comment": reading.comment if reading else None, "unscorable": reading.unscorable if reading else None}
    return row | {criterion_column(name): scores.get(name) for name in rubric.names}


def repeats_on_record(home: Home, spec: Spec, records: Sequence[Record]) -> list[str]:
    """Return what tells answers that noise is measured by from others, in order; none without any."""
    if not definitions_of(records):
        return []
    parts = EveryAnswer(home, spec.experiment, spec.rubric).parts()
    return [part.sha256 for part in parts] if any(part.has_repeats for part in parts) else []


def within_items(home: Home, spec: Spec, judges: Sequence[str]) -> Floats | None:
    """Return (2, K cells): the sum of variances of composites within items, and how many items; None without repeats.

    The composite is in rubric units; an item counts in every cell that it stands for a tip of.
    """
    dataset = EveryAnswer(home, spec.experiment, spec.rubric)
    if not any(part.has_repeats and part.judge in judges for part in dataset.parts()):
        return None
    columns = [criterion_column(each.name) for each in spec.rubric.averaged]
    given = dict[tuple[str, str], list[float]]()
    for row in dataset.rows(judges, columns):
        values = [row[column] for column in columns]
        if None not in values:
            given.setdefault((row["judge"], row["item"]), []).append(_composite(spec.rubric, values))
    tips = candidates(home, spec.experiment).table(["candidate_id", "cell"])
    cell_of = dict(zip(tips["candidate_id"].to_pylist(), tips["cell"].to_pylist(), strict=True))
    found = np.zeros((2, len(spec.cells)))
    for judge in judges:
        ledger = Items(home, spec.experiment).table(judge)
        pairs = {(row["item"], cell_of.get(row["candidate_id"])) for row in ledger.to_pylist()}
        for item, cell in pairs:
            several = given.get((judge, item), [])
            if cell is not None and len(several) > 1:
                found[:, cell] += float(np.var(several, ddof=1)), 1
    return found if found[1].any() else None


def _composite(rubric: Rubric, values: Sequence[float]) -> float:
    low, span = float(rubric.scale.low), float(rubric.scale.high - rubric.scale.low)
    units = [v if each.scale is None else low + span * v for each, v in zip(rubric.averaged, values, strict=True)]
    return float(np.average(units, weights=rubric.weights))


def words_by_tip(home: Home, spec: Spec, judges: Collection[str], most: int) -> WordsByTip:
    """Return comment and raw answer by candidate and judge, of several answers the first; none of over `most` rows."""
    parts = [part for part in EveryAnswer(home, spec.experiment, spec.rubric).parts() if part.judge in judges]
    if sum(part.rows for part in parts) > most:
        return {}
    return _first_words(home, spec, {part.judge for part in parts})


def raw_answers(home: Home, spec: Spec, records: Sequence[Record], tips: Sequence[str]) -> Mapping[str, dict[str, str]]:
    """Return the raw answer behind each score of these candidates, by candidate and judge; of several the first."""
    words = _first_words(home, spec, definitions_of(records), set(tips))
    return {tip: {judge: raw for judge, (_, raw) in own.items() if raw is not None} for tip, own in words.items()}


def _first_words(
    home: Home, spec: Spec, judges: Collection[str], tips: Collection[str] | None = None
) -> dict[str, dict[str, Words]]:
    found = dict[str, dict[str, Words]]()
    answers = EveryAnswer(home, spec.experiment, spec.rubric).rows(judges, ["comment", "raw"]) if judges else []
    first = {(row["judge"], row["item"]): (row["comment"], row["raw"]) for row in answers if not row["number"]}
    for judge in sorted({judge for judge, _ in first}):
        for row in Items(home, spec.experiment).table(judge).to_pylist():
            words, tip = first.get((judge, row["item"])), row["candidate_id"]
            if words is not None and (tips is None or tip in tips):
                found.setdefault(tip, {})[judge] = words
    return found
