"""Reads a judge's file of answers: all of it, or a list of what is wrong line by line."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.dataset_columns import criterion_column
from core.judging.answer_validator import AnswerShape
from core.judging.rubric import Rubric

SHOWN = 100
CHUNK = 8 << 20
NEWLINE = ord("\n")


@dataclass(frozen=True)
class Problem:
    """What is wrong on one line, from 1."""

    line: int
    message: str


class Rejected(ValueError):
    """A file that is not taken; `problems` are the first 100 of `total`."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name, self.total, self.problems = name, len(problems), problems[:SHOWN]
        lines = "\n".join(f"  line {problem.line}: {problem.message}" for problem in self.problems)
        more = f"\n  … and {self.total - SHOWN} more" if self.total > SHOWN else ""
        super().__init__(f"{name} is not taken, nothing was changed; {self.total} problems:\n{lines}{more}")


@dataclass(frozen=True)
class Accepted:
    """A file that can be published: its judge, its bytes' SHA-256 and its answers as columns."""

    name: str
    judge: str
    sha256: str
    table: pa.Table = field(repr=False)


def read_answers(path: Path, *, items: pa.Table, rubric: Rubric, judge: str | None = None) -> Accepted:
    """The answers of one judge in a JSONL or .csv file; raises Rejected with everything that is wrong."""
    data = path.read_bytes()
    if path.suffix.lower() != ".csv":
        accepted = read_quickly(path.name, data, items=items, rubric=rubric, judge=judge)
        if accepted is not None:
            return accepted
    return read_line_by_line(path.name, data, items=items, rubric=rubric, judge=judge)


def read_quickly(name: str, data: bytes, *, items: pa.Table, rubric: Rubric, judge: str | None) -> Accepted | None:
    """Return the answers of a JSONL file, read as whole columns; None at the first sign of anything wrong."""
    answers = _fast(data, AnswerShape(rubric))
    return None if answers is None else _match(name, data, answers, items, rubric, judge)


def _fast(data: bytes, shape: AnswerShape) -> pa.Table | None:
    """All answers as columns, decoded in large pieces; None at the first sign of anything wrong."""
    tables: list[pa.Table] = []
    start, line = 0, 1
    while start < len(data):
        end = data.rfind(b"\n", start, start + CHUNK) + 1 or len(data)
        lines = data.count(b"\n", start, end) + (data[end - 1] != NEWLINE)
        try:
            answers = shape.lines.decode_lines(memoryview(data)[start:end])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if len(answers) != lines:
            return None
        columns = _columns(answers, range(line, line + lines), shape)
        whole = columns[criterion_column(shape.rubric.names[0])].null_count == 0
        if not (whole and columns["unscorable"].null_count == lines) and any(map(shape.fault, answers)):
            return None
        tables.append(columns)
        start, line = end, line + lines
    return pa.concat_tables(tables) if tables else None


def _columns(answers: list[Any], lines: range | list[int], shape: AnswerShape) -> pa.Table:
    scores = list(map(attrgetter("scores"), answers))
    columns: dict[str, pa.Array] = {"item": pa.array(list(map(attrgetter("item"), answers)), pa.string())}
    for name, attribute in zip(shape.rubric.names, shape.fields, strict=True):
        columns[criterion_column(name)] = _values(scores, attribute)
    for name in ("comment", "unscorable"):
        columns[name] = pa.array(list(map(attrgetter(name), answers)), pa.string())
    columns["line"] = pa.array(np.arange(lines.start, lines.stop) if isinstance(lines, range) else lines, pa.int64())
    return pa.table(columns)


def _values(scores: list[Any], attribute: str) -> pa.Array:
    try:
        return pa.array(np.fromiter(map(attrgetter(attribute), scores), np.float64, len(scores)))
    except AttributeError:  # an unscorable answer has none
        return pa.array([None if score is None else getattr(score, attribute) for score in scores], pa.float64())


def _match(
    name: str, data: bytes, table: pa.Table, items: pa.Table, rubric: Rubric, judge: str | None
) -> Accepted | None:
    """The table with its candidates, when every item is known, occurs once and belongs to one judge; else None."""
    places = _places(table["item"], items["item"])
    if places is None:
        return None
    judges = pc.unique(items["judge"].combine_chunks().cast(pa.string()).take(places)).to_pylist()
    if len(judges) != 1 or judge not in {None, judges[0]}:
        return None
    candidates = items["candidate_id"].take(places)
    order = ["item", "candidate_id", *(criterion_column(c) for c in rubric.names), "comment", "unscorable", "line"]
    whole = table.append_column("candidate_id", candidates).select(order)
    return Accepted(name, judges[0], hashlib.sha256(data).hexdigest(), whole)


def _places(answered: pa.ChunkedArray, known: pa.ChunkedArray) -> pa.Array | None:
    """The row in the ledger of every answered item; None when one is not there or is answered twice."""
    import duckdb

    answers = pa.table({"item": answered, "line": np.arange(len(answered))})
    ledger = pa.table({"item": known, "place": np.arange(len(known))})
    with duckdb.connect() as connection:
        connection.register("answers", answers)
        connection.register("ledger", ledger)
        found = connection.execute("select line, place from answers join ledger using (item)").fetchnumpy()
    places, seen = np.full(len(answered), -1), np.zeros(len(known), bool)
    places[found["line"]] = found["place"]
    seen[found["place"]] = True
    fine = len(found["line"]) == len(answered) == int(seen.sum())
    return pa.array(places) if fine else None


def read_line_by_line(name: str, data: bytes, *, items: pa.Table, rubric: Rubric, judge: str | None) -> Accepted:
    """Return the answers of a JSONL file, or of a CSV one by its name; raise Rejected with everything that is wrong."""
    shape = AnswerShape(rubric)
    problems: list[Problem] = []
    owners = dict(zip(items["item"].to_pylist(), items["judge"].to_pylist(), strict=True))
    seen: dict[str, int] = {}
    answers, lines = [], []
    first: str | None = judge
    read = _csv_answers if Path(name).suffix.lower() == ".csv" else _json_answers
    for number, answer in read(data, shape, problems):
        fault = shape.fault(answer)
        owner = owners.get(answer.item)
        if fault is None and owner is None:
            fault = f"field 'item': {answer.item[:60]!r} is no item of this experiment"
        elif fault is None and answer.item in seen:
            fault = f"field 'item': {answer.item!r} stands on line {seen[answer.item]} already"
        elif fault is None and first is not None and owner != first:
            fault = f"field 'item': {answer.item!r} is an item of judge {owner}, not of {first}"
        if fault is not None:
            problems.append(Problem(number, fault))
            continue
        first = owner
        seen[answer.item] = number
        answers.append(answer)
        lines.append(number)
    if not answers and not problems:
        problems.append(Problem(1, "the file holds no answers"))
    if problems:
        raise Rejected(name, sorted(problems, key=lambda problem: problem.line))
    accepted = _match(name, data, _columns(answers, lines, shape), items, rubric, judge)
    if accepted is None:
        raise Rejected(name, [Problem(1, "its items changed while it was read: import it again")])
    return accepted


def _text(data: bytes, problems: list[Problem]) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(data[: error.start].count(b"\n") + 1, "not UTF-8: save the file as UTF-8"))
        return None


def _json_answers(data: bytes, shape: AnswerShape, problems: list[Problem]) -> Iterator[tuple[int, Any]]:
    text = _text(data, problems)
    rows = text.split("\n") if text is not None else []
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        try:
            yield number, shape.line.decode(row.encode())
        except msgspec.ValidationError as error:
            problems.append(Problem(number, str(error)))
        except msgspec.DecodeError as error:
            cut = number == len(rows) and "truncated" in str(error)
            said = "the line is cut off; the file is truncated" if cut else f"not JSON: {error}"
            problems.append(Problem(number, said))


def _csv_answers(data: bytes, shape: AnswerShape, problems: list[Problem]) -> Iterator[tuple[int, Any]]:
    text = _text(data, problems)
    if text is None:
        return
    header_line = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header_line.count), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        twice = sorted({name for name in header if name and header.count(name) > 1})
        if twice:
            problems.append(Problem(1, f"column {', '.join(twice)} stands twice: keep one"))
            return
        missing = [name for name in ("item", "rubric", *shape.rubric.names) if name not in header]
        if missing:
            problems.append(
                Problem(1, f"no column {', '.join(missing)}; the columns are item, rubric, one a criterion")
            )
            return
        start = reader.line_num + 1
        for values in reader:
            if any(values[len(header) :]):
                problems.append(Problem(start, f"{len(values)} values for {len(header)} columns"))
            elif any(values):
                try:
                    yield start, msgspec.convert(_record(header, values, shape), shape.type, strict=False)
                except msgspec.ValidationError as error:
                    problems.append(Problem(start, str(error)))
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(reader.line_num, f"not CSV: {error}"))


def _record(header: list[str], values: list[str], shape: AnswerShape) -> dict[str, Any]:
    row = {name: value.strip() for name, value in zip(header, values, strict=False)}
    scores = {name: row[name].replace(",", ".") for name in shape.rubric.names if row.get(name)}
    answer: dict[str, Any] = {"item": row.get("item", ""), "rubric": row.get("rubric", "")}
    answer |= {name: row[name] for name in ("comment", "unscorable") if row.get(name)}
    return {**answer, "scores": scores} if scores or "unscorable" not in answer else answer
