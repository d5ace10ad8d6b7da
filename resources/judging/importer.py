"""Reads a judge's file of answers: all of it, or a list of what is wrong line by line."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from core.answers import AnswerShape
from core.rubric import Rubric
from core.tables import criterion_column

SHOWN = 100
CHUNK = 8 << 20


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
    shape = AnswerShape(rubric)
    if path.suffix.lower() != ".csv":
        fast = _fast(data, shape)
        if fast is not None:
            accepted = _match(path.name, data, fast, items, rubric, judge)
            if accepted is not None:
                return accepted
    return _careful(path, data, shape, items, judge)


def _fast(data: bytes, shape: AnswerShape) -> pa.Table | None:
    """All answers as columns, decoded in large pieces; None at the first sign of anything wrong."""
    decoder = msgspec.json.Decoder(list[shape.type])  # type: ignore[name-defined]  # the type is a value here
    tables: list[pa.Table] = []
    start, line = 0, 1
    while start < len(data):
        end = data.rfind(b"\n", start, start + CHUNK) + 1 or len(data)
        piece = data[start:end]
        if b"\n\n" in piece or not piece.strip():
            return None
        try:
            answers = decoder.decode_lines(piece)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if any(map(shape.fault, answers)) or len(answers) != piece.count(b"\n") + (not piece.endswith(b"\n")):
            return None
        tables.append(_columns(answers, range(line, line + len(answers)), shape))
        start, line = end, line + len(answers)
    return pa.concat_tables(tables) if tables else None


def _columns(answers: list[Any], lines: range | list[int], shape: AnswerShape) -> pa.Table:
    scores = [answer.scores for answer in answers]
    columns: dict[str, pa.Array] = {"item": pa.array([answer.item for answer in answers], pa.string())}
    for name, attribute in zip(shape.rubric.names, shape.fields, strict=True):
        values = [None if score is None else getattr(score, attribute) for score in scores]
        columns[criterion_column(name)] = pa.array(values, pa.float64())
    columns["comment"] = pa.array([answer.comment for answer in answers], pa.string())
    columns["unscorable"] = pa.array([answer.unscorable for answer in answers], pa.string())
    columns["line"] = pa.array(lines, pa.int64())
    return pa.table(columns)


def _match(
    name: str, data: bytes, table: pa.Table, items: pa.Table, rubric: Rubric, judge: str | None
) -> Accepted | None:
    """The table with its candidates, when every item is known, occurs once and belongs to one judge; else None."""
    places = pc.index_in(table["item"], value_set=items["item"].combine_chunks())
    if places.null_count or pc.count_distinct(places).as_py() < table.num_rows:
        return None
    judges = pc.unique(items["judge"].combine_chunks().cast(pa.string()).take(places.combine_chunks())).to_pylist()
    if len(judges) != 1 or judge not in {None, judges[0]}:
        return None
    candidates = items["candidate_id"].take(places)
    order = ["item", "candidate_id", *(criterion_column(c) for c in rubric.names), "comment", "unscorable", "line"]
    whole = table.append_column("candidate_id", candidates).select(order)
    return Accepted(name, judges[0], hashlib.sha256(data).hexdigest(), whole)


def _careful(path: Path, data: bytes, shape: AnswerShape, items: pa.Table, judge: str | None) -> Accepted:
    problems: list[Problem] = []
    owners = dict(zip(items["item"].to_pylist(), items["judge"].to_pylist(), strict=True))
    seen: dict[str, int] = {}
    answers, lines = [], []
    first: str | None = judge
    read = _csv_answers if path.suffix.lower() == ".csv" else _json_answers
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
        raise Rejected(path.name, sorted(problems, key=lambda problem: problem.line))
    accepted = _match(path.name, data, _columns(answers, lines, shape), items, shape.rubric, judge)
    if accepted is None:
        raise Rejected(path.name, [Problem(1, "its items changed while it was read: import it again")])
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
        missing = [name for name in ("item", "rubric", *shape.rubric.names) if name not in header]
        if missing:
            problems.append(
                Problem(1, f"no column {', '.join(missing)}; the columns are item, rubric, one a criterion")
            )
            return
        start = reader.line_num + 1
        for values in reader:
            if values:
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
