"""Reads a file of outputs, ours or another tool's, into rows with what is known of each in our column names."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from core.benchmark.records import JudgeKind
from kit.tables.csv_rows import csv_table
from kit.tables.encoding import NotText, utf8
from kit.tables.json_rows import json_rows, looks_like_json
from kit.tables.problems import Problems
from resources.adoption.tools.document import Document, Output, Unusable
from resources.adoption.tools.registry import recognised

LARGEST = 128 << 20
"""Of a file that is one JSON document; JSON lines and CSV may be larger."""
REQUIRED = ("model", "prompt", "scenario_id", "scenario", "tip_index", "text")
_ARCHIVE = b"PK\x03\x04"
_FEW = 4


@dataclass(frozen=True)
class RowLimits:
    """How many rows are read, and how large one is: a line of JSON in bytes, a row of CSV in characters.

    What is one JSON document is bounded as a whole, by `LARGEST`.
    """

    rows: int = 1_000_000
    row_bytes: int = 16 << 20

    def hold(self, lines: bytes) -> bool:
        """Return whether JSON lines, each of them a row, are within the limits."""
        start, rows = 0, lines.count(b"\n") + (not lines.endswith(b"\n"))
        while rows <= self.rows and len(lines) - start > self.row_bytes:
            end = lines.rfind(b"\n", start, start + self.row_bytes + 1)
            if end < 0:
                return False
            start = end + 1
        return rows <= self.rows


USUAL_LIMITS = RowLimits()


@dataclass(frozen=True)
class OutputFile:
    """The rows of a file; `tool` is whose it is, None for our own columns.

    `columns` names what any row has; `kinds` are those of the judges in a tool's file, `notes` what a person should
    know of it, `of_no_output` metrics that no single row has; `decimal_comma` says that a comma in a number cannot
    separate columns.
    """

    path: Path
    tool: str | None
    outputs: list[Output]
    columns: tuple[str, ...] = ()
    kinds: dict[str, JudgeKind] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    decimal_comma: bool = False
    of_no_output: tuple[str, ...] = ()


def read_outputs(
    path: Path, data: bytes, names: Collection[str], problems: Problems, limits: RowLimits = USUAL_LIMITS
) -> OutputFile:
    """Return the rows of `path`, whose bytes are `data`; problems are noted, and with one of `limits` none are read.

    `names` are those that the file may have for our columns.
    """
    try:
        text = utf8(data)
    except NotText as error:
        archive = "a ZIP archive: export it as JSON, JSONL or CSV (inspect log convert --to json)"
        problems.add(error.line, archive if data.startswith(_ARCHIVE) else str(error))
        return OutputFile(path, None, [])
    read = _objects if looks_like_json(text) else _table
    try:
        found = read(path, text, names, problems, limits)
        _within(found.outputs, limits)
    except Unusable as error:
        problems.add(1, str(error))
        return OutputFile(path, None, [])
    return found


def _within(rows: Sequence[object], limits: RowLimits) -> None:
    if len(rows) > limits.rows:
        raise Unusable(f"more than {limits.rows} rows: --max-rows takes more")


def _has_long_line(text: bytes, limits: RowLimits, problems: Problems) -> bool:
    """Note a line that is too long, before anything is decoded; one line alone is a document."""
    single = text.find(b"\n", 0, len(text.rstrip())) < 0
    largest, option = (LARGEST, "") if single else (limits.row_bytes, ": --max-row-mb takes more")
    start, number = 0, 1
    while start < len(text):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        if end - start > largest:
            problems.add(number, f"longer than {largest >> 20} MB{option}")
            return True
        start, number = end + 1, number + 1
    return False


def _objects(path: Path, text: bytes, names: Collection[str], problems: Problems, limits: RowLimits) -> OutputFile:
    if _has_long_line(text, limits, problems):
        return OutputFile(path, None, [])
    found = json_rows(text, problems, numbers=False, largest=LARGEST)
    document = Document(path, values=list(islice(found.rows, limits.rows + 1)))
    _within(document.values, limits)
    said = (
        [f"read over: {', '.join(found.read_over)}"]
        if {"a Markdown fence", "trailing commas"} & {*found.read_over}
        else []
    )
    for line, value in document.values:
        if not isinstance(value, dict):
            problems.add(line, f"not an object but {value!r:.40}: write one JSON object an output")
    tool = None if _is_ours(_columns(row for _, row in document.objects), names) else recognised(document)
    if tool is not None:
        raw = tuple(_columns(output.raw for output in tool.outputs))
        notes, lost = [*tool.notes, *said], tool.of_no_output
        return OutputFile(path, tool.tool, tool.outputs, raw, tool.kinds, notes, of_no_output=lost)
    rows = _inside(document.single) if document.single else None
    outputs = (
        [Output(1, row, row) for row in rows] if rows else [Output(line, row, row) for line, row in document.objects]
    )
    return OutputFile(path, None, outputs, tuple(_columns(output.raw for output in outputs)), notes=said)


def _table(path: Path, text: bytes, names: Collection[str], problems: Problems, limits: RowLimits) -> OutputFile:
    table = csv_table(text, problems, names, repeats=True, longest=limits.row_bytes)
    if table is None:
        return OutputFile(path, None, [])
    document = Document(path, columns=table.columns, rows=list(islice(table.rows, limits.rows + 1)))
    _within(document.rows, limits)
    tool = None if _is_ours(table.columns, names) else recognised(document)
    if tool is not None:
        return OutputFile(
            path, tool.tool, tool.outputs, table.columns, tool.kinds, tool.notes, decimal_comma=table.decimal_comma
        )
    if table.repeated:
        problems.add(1, f"column {', '.join(table.repeated)} stands twice: keep one")
        return OutputFile(path, None, [])
    outputs = []
    for row in document.rows:
        cells: dict[str, Any] = {name: row.cells[name] or None for name in row.cells}
        outputs.append(Output(row.line, cells, cells))
    return OutputFile(path, None, outputs, table.columns, decimal_comma=table.decimal_comma)


def _columns(rows: Iterable[dict[str, Any]]) -> dict[str, None]:
    return dict.fromkeys(chain.from_iterable(rows))


def _is_ours(columns: Collection[str], names: Collection[str]) -> bool:
    """Whether the columns are our own, under our names or mapped ones, so that no tool's shape is looked for."""
    known = {name for name in columns if name in names}
    return {"scenario_id", "text"} <= known or len(known) >= _FEW


def _inside(whole: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The rows of a document that holds them as its one list of objects, with the values next to the list."""
    if set(whole) & set(REQUIRED):
        return None
    lists = {k: v for k, v in whole.items() if isinstance(v, list) and v and all(isinstance(e, dict) for e in v)}
    if len(lists) != 1:
        return None
    ((name, entries),) = lists.items()
    common = {key: value for key, value in whole.items() if isinstance(value, str | int | float)}
    return [{**common, **entry, name: entry} for entry in entries]
