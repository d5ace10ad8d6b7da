"""Reads the columns that are wanted of a Parquet, CSV or JSON lines file into one table, within limits."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from core.estimate.design import Ints
from core.expected_error import FieldError
from kit.regular_files import open_regular, read_regular
from kit.tables.csv_rows import csv_table
from kit.tables.encoding import NotText, utf8
from kit.tables.json_rows import json_rows, looks_like_json
from kit.tables.problems import Problems

PARQUET = b"PAR1"
BATCH = 1 << 16
LONGEST_ROW = 1 << 20
Wanted = Callable[[str], bool]
"""Whether a column of a name is read."""


class BadPolicyFile(FieldError):
    """A log of decisions, or a target policy, that cannot be read as one."""


@dataclass(frozen=True)
class FileLimits:
    """How many rows a file may have, and how many bytes: one of text as a whole, of Parquet what is read."""

    rows: int
    text_bytes: int = 512 << 20
    table_bytes: int = 2 << 30


@dataclass(frozen=True)
class TableFile:
    """The wanted columns of a file: text is text, as CSV and JSON lines have it, or typed, as Parquet does.

    `lines` has the line of each row, None where rows have no lines. `option` is the input that named the file.
    """

    path: Path
    option: str
    table: pa.Table
    lines: Ints | None

    def place(self, row: int) -> str:
        """Return where a row is in the file, in words."""
        return f"{self.path}, " + (f"row {row + 1}" if self.lines is None else f"line {int(self.lines[row])}")

    def refuse(self, row: int, field: str, what: str) -> NoReturn:
        """Raise BadPolicyFile for the field of a row."""
        raise BadPolicyFile(f"{self.place(row)}: {field} {what}", (self.option, field))

    def refuse_first(self, wrong: np.ndarray, field: str, what: Callable[[int], str]) -> None:
        """Raise BadPolicyFile for the first row (N) that is `wrong`, with how many more are; do nothing for none."""
        rows = np.flatnonzero(wrong)
        if len(rows):
            more = f" (wrong in {len(rows):,} rows)" if len(rows) > 1 else ""
            self.refuse(int(rows[0]), field, what(int(rows[0])) + more)


def read_table(path: Path, option: str, required: tuple[str, ...], wanted: Wanted, limits: FileLimits) -> TableFile:
    """Return the wanted columns of a file, whose content says what it is; columns that nobody wants are read over.

    Raise BadPolicyFile where it is no such file, has too many rows, or lacks a required column.
    """
    with open_regular(path, (option,)) as file:
        is_parquet = file.read(len(PARQUET)) == PARQUET
        file.seek(0)
        found = _parquet(file, path, option, wanted, limits) if is_parquet else None
    found = found or _text(path, option, wanted, limits)
    missing = [name for name in required if name not in found.table.column_names]
    if missing:
        has = (
            f"it has {', '.join(found.table.column_names)}" if found.table.column_names else "it has none that is known"
        )
        raise BadPolicyFile(f"{path} has no column {', '.join(missing)}: {has}", (option, missing[0]))
    if not found.table.num_rows:
        raise BadPolicyFile(f"{path} has no rows: write one for each action", (option,))
    return found


def _parquet(file: BufferedReader, path: Path, option: str, wanted: Wanted, limits: FileLimits) -> TableFile:
    import pyarrow.parquet as pq

    try:
        schema = pq.ParquetFile(file).schema_arrow
        names = [name for name in schema.names if wanted(name)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise BadPolicyFile(f"{path}: column {twice} stands twice: keep one", (option, twice))
        texts = [name for name in names if pa.types.is_string(schema.field(name).type)]
        whole = pq.ParquetFile(file, read_dictionary=texts)
        _hold(whole.metadata.num_rows, path, option, limits)
        batches, size = [], 0
        for batch in whole.iter_batches(BATCH, columns=names):
            batches.append(batch)
            size += batch.nbytes
            if size > limits.table_bytes:
                raise BadPolicyFile(f"{path} holds more than {limits.table_bytes >> 20} MB: cut it", (option,))
        empty = [whole.schema_arrow.field(name) for name in names]
        table = pa.Table.from_batches(batches, None if batches else pa.schema(empty))
    except (pa.ArrowException, OSError) as error:
        raise BadPolicyFile(f"{path} is damaged, or no Parquet file: write it again", (option,)) from error
    _hold(table.num_rows, path, option, limits)
    for name in names:
        if pa.types.is_nested(table.schema.field(name).type):
            raise BadPolicyFile(f"{path}: column {name} is nested: write a column for each value", (option, name))
    return TableFile(path, option, table, None)


def _text(path: Path, option: str, wanted: Wanted, limits: FileLimits) -> TableFile:
    problems = Problems()
    try:
        data = utf8(read_regular(path, limits.text_bytes, (option,)))
    except NotText as error:
        raise BadPolicyFile(f"{path}, line {error.line}: {error}", (option,)) from error
    rows = _objects(data, problems, path, option) if looks_like_json(data) else _cells(data, problems)
    lines: list[Ints] = []
    parts: list[pa.Table] = []
    total = 0
    while batch := list(islice(rows, BATCH)):
        total += len(batch)
        _hold(total, path, option, limits)
        names = dict.fromkeys(name for _, cells in batch for name in cells if wanted(name))
        parts.append(pa.table({name: pa.array([cells.get(name) for _, cells in batch], pa.string()) for name in names}))
        lines.append(np.array([line for line, _ in batch], np.int64))
    if problems.total:
        first = problems.first()[0]
        raise BadPolicyFile(f"{path}, line {first.line}: {first.message}", (option,))
    table = pa.concat_tables(parts, promote_options="default") if parts else pa.table({})
    return TableFile(path, option, table, np.concatenate(lines) if lines else None)


def _cells(data: bytes, problems: Problems) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """Yield the rows of CSV with their lines; an empty cell is None, so that each column stands in each row."""
    table = csv_table(data, problems, longest=LONGEST_ROW)
    if table is None:
        return
    for row in table.rows:
        yield row.line, {name: row.cells.get(name, "").strip() or None for name in table.columns}


def _objects(
    data: bytes, problems: Problems, path: Path, option: str
) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """Yield the objects of JSON lines with their lines, their values as text."""
    for line, value in json_rows(data, problems, numbers=False, longest=LONGEST_ROW).rows:
        if not isinstance(value, dict):
            raise BadPolicyFile(f"{path}, line {line}: write an object with a value for each column", (option,))
        yield line, {name: _as_text(each, name, f"{path}, line {line}", option) for name, each in value.items()}


def _as_text(value: Any, name: str, place: str, option: str) -> str | None:
    match value:
        case None | "":
            return None
        case str():
            return value
        case bool():
            return str(int(value))
        case int() | float():
            return repr(value)
        case _:
            raise BadPolicyFile(f"{place}: {name} is nested: write a column for each value", (option, name))


def _hold(rows: int, path: Path, option: str, limits: FileLimits) -> None:
    if rows > limits.rows:
        raise BadPolicyFile(f"{path} has more than {limits.rows:,} rows: cut it, by users or by days", (option,))
