"""Reads a judge's file of answers: all of it, or a list of what is wrong line by line."""

import codecs
import hashlib
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.dataset_columns import criterion_column
from core.expected_error import FieldError
from core.judging.answer_validator import AnswerShape
from core.judging.rubric import Rubric
from core.judging.tasks import Task
from kit.tables.encoding import NotText, utf8
from kit.tables.problems import Problems
from resources.judging.answer_files import AnswerFile, is_table, of_table
from resources.judging.items import HAS_MUST_NOT

CHUNK = 8 << 20
LARGEST = 512 << 20
"""The most bytes that a file of answers may have."""
NEWLINE = ord("\n")
_PLACES = """
    select line, place from answers join (select item, min(place) as place from ledger group by item) using (item)
"""
TABLES = (".csv", ".tsv")


class Rejected(FieldError):
    """A file that is rejected; `problems` are the first 100 of `total`."""

    def __init__(self, name: str, problems: Problems) -> None:
        self.name, self.total, self.problems = name, problems.total, problems.first()
        super().__init__(
            f"{name} is not taken, nothing was changed; {problems.count()}:\n{problems.listing()}", ("file",)
        )


@dataclass(frozen=True)
class Accepted:
    """A file that can be published: its judge, its bytes' SHA-256 and its answers as columns.

    `read_over` says in words what stood around the answers, `blank` counts rows of a sheet that hold none yet; `task`
    is what its judge does.
    """

    name: str
    judge: str
    sha256: str
    table: pa.Table = field(repr=False)
    read_over: tuple[str, ...] = ()
    blank: int = 0
    task: Task = "rating"


def answers_in(name: str, data: bytes, *, items: pa.Table, rubric: Rubric, judge: str | None = None) -> Accepted:
    """Return the answers of one judge in the bytes of a file of JSON or CSV; raise Rejected with all that is wrong.

    `items` are those of `answerable_items`.
    """
    accepted = read_quickly(name, data, items=items, rubric=rubric, judge=judge)
    return accepted or read_line_by_line(name, data, items=items, rubric=rubric, judge=judge)


def read_quickly(name: str, data: bytes, *, items: pa.Table, rubric: Rubric, judge: str | None) -> Accepted | None:
    """Return the answers of a JSONL file, read as whole columns; None at the first sign of anything else."""
    lines = data.removeprefix(codecs.BOM_UTF8)
    answers = _fast(lines, AnswerShape(rubric), len(items)) if lines.startswith(b"{") else None
    matched = None if answers is None else _match(answers, items, rubric, judge)
    return None if matched is None else Accepted(name, matched[0], hashlib.sha256(data).hexdigest(), matched[1])


def read_line_by_line(name: str, data: bytes, *, items: pa.Table, rubric: Rubric, judge: str | None) -> Accepted:
    """Return the answers of a file of JSON or CSV, whatever stands around them; raise Rejected with what is wrong."""
    shape = AnswerShape(rubric)
    try:
        text = utf8(data)
    except NotText as error:
        raise _rejected(name, error.line, str(error)) from error
    file = AnswerFile(text, shape, is_table(text, shape, named_so=name.lower().endswith(TABLES)))
    owner, table = _matched_one_by_one(name, file, items, judge)
    return Accepted(name, owner, hashlib.sha256(data).hexdigest(), table, tuple(file.read_over), file.blank)


def _fast(data: bytes, shape: AnswerShape, most: int) -> pa.Table | None:
    """Return all answers as columns, decoded in large pieces; None at the first sign of anything wrong.

    More than `most` lines are wrong as well, and so is a line that is longer than a piece.
    """
    tables: list[pa.Table] = []
    start, line = 0, 1
    while start < len(data):
        end = len(data) if len(data) - start <= CHUNK else data.rfind(b"\n", start, start + CHUNK) + 1
        lines = data.count(b"\n", start, end) + (data[end - 1] != NEWLINE)
        if not end or line + lines - 1 > most:
            return None
        try:
            answers = shape.lines.decode_lines(memoryview(data)[start:end])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if len(answers) != lines:
            return None
        columns = _columns(answers, range(line, line + lines), shape)
        whole = columns[criterion_column(shape.rubric.averaged_names[0])].null_count == 0
        if not (whole and columns["unscorable"].null_count == lines) and any(map(shape.fault, answers)):
            return None
        tables.append(columns)
        start, line = end, line + lines
    return pa.concat_tables(tables) if tables else None


def _columns(answers: list[Any], lines: range | list[int], shape: AnswerShape) -> pa.Table:
    scores = list(map(attrgetter("scores"), answers))
    columns: dict[str, pa.Array] = {"item": pa.array(list(map(attrgetter("item"), answers)), pa.string())}
    for name, attribute in zip(shape.rubric.names, shape.fields, strict=True):
        columns[criterion_column(name)] = _values(scores, attribute, optional=name in shape.conditional)
    for name in ("comment", "unscorable"):
        columns[name] = pa.array(list(map(attrgetter(name), answers)), pa.string())
    columns["line"] = pa.array(np.arange(lines.start, lines.stop) if isinstance(lines, range) else lines, pa.int64())
    return pa.table(columns)


def _values(scores: list[Any], attribute: str, *, optional: bool) -> pa.Array:
    try:
        given = map(attrgetter(attribute), scores)
        if optional:  # which numpy would make nan
            return pa.array(list(given), pa.float64())
        return pa.array(np.fromiter(given, np.float64, len(scores)))
    except AttributeError:  # an unscorable answer has none
        return pa.array([None if score is None else getattr(score, attribute) for score in scores], pa.float64())


def _match(table: pa.Table, items: pa.Table, rubric: Rubric, judge: str | None) -> tuple[str, pa.Table] | None:
    """Return the judge, and the table with its candidates, if every item is known, occurs once and is that judge's."""
    places = _places(table["item"], items["item"])
    if places is None:
        return None
    judges = pc.unique(items["judge"].combine_chunks().cast(pa.string()).take(places)).to_pylist()
    if len(judges) != 1 or judge not in {None, judges[0]}:
        return None
    if rubric.conditional and _leaves_out(table, items[HAS_MUST_NOT].take(places), rubric):
        return None
    candidates = items["candidate_id"].take(places)
    order = ["item", "candidate_id", *(criterion_column(c) for c in rubric.names), "comment", "unscorable", "line"]
    return judges[0], table.append_column("candidate_id", candidates).select(order)


def _leaves_out(table: pa.Table, needed: pa.ChunkedArray, rubric: Rubric) -> bool:
    """Return whether a scored answer has no value of a criterion that its item needs."""
    scored = pc.and_(needed, pc.is_null(table["unscorable"]))
    empty = (pc.is_null(table[criterion_column(name)]) for name in rubric.conditional)
    return any(pc.any(pc.and_(scored, each)).as_py() for each in empty)


def _places(answered: pa.ChunkedArray, known: pa.ChunkedArray) -> pa.Array | None:
    """Return the row in the ledger of every answered item; None if one is missing or answered twice."""
    import duckdb

    answers = pa.table({"item": answered, "line": np.arange(len(answered))})
    ledger = pa.table({"item": known, "place": np.arange(len(known))})
    with duckdb.connect() as connection:
        connection.register("answers", answers)
        connection.register("ledger", ledger)
        found = connection.execute(_PLACES).fetchnumpy()
    places, seen = np.full(len(answered), -1), np.zeros(len(known), bool)
    places[found["line"]] = found["place"]
    seen[found["place"]] = True
    fine = len(found["line"]) == len(answered) == int(seen.sum())
    return pa.array(places) if fine else None


def _matched_one_by_one(name: str, file: AnswerFile, items: pa.Table, judge: str | None) -> tuple[str, pa.Table]:
    """Return what `_match` does, answer by answer; raise Rejected with everything that is wrong."""
    owners = dict(zip(items["item"].to_pylist(), items["judge"].to_pylist(), strict=True))
    limited = _with_must_not(items) if file.shape.conditional else frozenset()
    seen: dict[str, int] = {}
    answers, lines = [], []
    first = judge
    for number, answer in file:
        owner = owners.get(answer.item)
        fault, where = None, f"{file.part} 'item'"
        if owner is None:
            fault = f"{where}: {answer.item[:60]!r} is no item of this experiment"
        elif answer.item in seen:
            fault = f"{where}: {answer.item!r} stands on line {seen[answer.item]} already"
        elif first is not None and owner != first:
            fault = f"{where}: {answer.item!r} is an item of another judge than {first}"
        elif answer.item in limited and (left_out := file.shape.unanswered(answer)) is not None:
            fault = of_table(left_out.message) if file.is_table else left_out.message
        if fault is not None:
            file.problems.add(number, fault)
            continue
        first = owner
        seen[answer.item] = number
        answers.append(answer)
        lines.append(number)
    if not answers and not file.problems.total:
        blank = f": all {file.blank} rows are without one" if file.blank else ""
        file.problems.add(1, f"the file holds no answers{blank}")
    if file.problems.total:
        raise Rejected(name, file.problems)
    matched = _match(_columns(answers, lines, file.shape), items, file.shape.rubric, judge)
    if matched is None:
        raise _rejected(name, 1, "its items changed while it was read: import it again")
    return matched


def _with_must_not(items: pa.Table) -> frozenset[str]:
    return frozenset(items.filter(items[HAS_MUST_NOT])["item"].to_pylist())


def too_large(name: str) -> Rejected:
    """Return the rejection of a file that has more bytes than are read of one."""
    return _rejected(
        name, 1, f"{name} is larger than {LARGEST >> 20} MB, which is the most that is read of such a file"
    )


def _rejected(name: str, line: int, message: str) -> Rejected:
    problems = Problems()
    problems.add(line, message)
    return Rejected(name, problems)
