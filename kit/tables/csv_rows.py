"""Reads CSV of any usual dialect row by row: delimiter, line ends, `sep=` line, padding and empty rows are seen to."""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from kit.tables.encoding import plain_lines
from kit.tables.fences import fenced
from kit.tables.problems import Problems

LARGEST_CELL = 16 << 20
MOST_COLUMNS = 10_000
MOST_DELIMITERS = 1 << 19
"""In one row, also inside its cells: the reader holds a row whole, at tens of bytes for each of its cells."""
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 20
MOST_EMPTY, MOST_EMPTY_FIRST = 1 << 20, 10_000
"""Rows that hold nothing, in a file (a spreadsheet has no more rows) and among those by which a delimiter is found."""
REPEATED = re.compile(r" \(column \d+\)\Z")
"""What tells a column from an earlier one of the same name, where repeated names are allowed."""
_SEP = re.compile(rb'"?sep=([,;|:\t])"?[ \t]*(\r\n|\r|\n|\Z)', re.IGNORECASE)


class Row(NamedTuple):
    """One row; `line` is where it starts in the file, `number` its place in a spreadsheet, both from 1.

    `cells` holds the cells by column as they stand; a cell that the row is too short for is not there.
    """

    line: int
    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class CsvTable:
    """A file with a header; `columns` are its names without blanks around them, those without a name left out.

    `repeated` are names that stand twice; where that is allowed, later ones are numbered by their column.
    """

    delimiter: str
    columns: tuple[str, ...]
    repeated: tuple[str, ...]
    read_over: tuple[str, ...]
    rows: Iterator[Row]

    @property
    def decimal_comma(self) -> bool:
        """Return whether a comma in a number cannot be a delimiter."""
        return self.delimiter != ","


class _Record(NamedTuple):
    line: int
    number: int
    values: list[str]


def csv_table(
    data: bytes,
    problems: Problems,
    expected: Collection[str] = (),
    *,
    repeats: bool = False,
    longest: int | None = None,
) -> CsvTable | None:
    """Return the table in `data`, UTF-8 without a byte order mark; None, with a problem noted, when it has no header.

    Names that are `expected` in the header help to find the delimiter, and to see that a Markdown fence stands around
    the table. Rows are read as they are asked for, and what is wrong with one is noted then. With `repeats` a name may
    stand twice. A row of more than `longest` characters is a problem that ends the reading.
    """
    read_over: tuple[str, ...] = ()
    if expected and len(data) <= LARGEST_CELL and not header_matches(data, expected, longest):
        inside = fenced(plain_lines(data), bool)
        if inside is not None and header_matches(inside.text, expected, longest):
            data, read_over = inside.text, inside.read_over
    stated = _SEP.match(data)
    line, delimiter = 1, max(DELIMITERS, key=lambda known: _fit(data, known, expected, longest))
    if stated is not None:
        data, line, delimiter = data[stated.end() :], 2, stated[1].decode()
    records = _records(data, delimiter, line, problems, longest)
    names = _header(records, problems)
    if names is None:
        return None
    repeated = tuple(sorted(name for name, count in Counter(names).items() if name and count > 1))
    if repeated and not repeats:
        problems.add(line, f"column {', '.join(repeated)} stands twice: keep one")
        return None
    if repeated:
        names = [f"{n} (column {p})" if n in names[: p - 1] and n else n for p, n in enumerate(names, 1)]
    rows = _rows(names, records, delimiter, problems)
    return CsvTable(delimiter, tuple(name for name in names if name), repeated, read_over, rows)


def header_matches(data: bytes, expected: Collection[str], longest: int | None = None) -> int:
    """Return how many of the `expected` names the first row of `data` holds, by the best delimiter.

    `longest` is that of `csv_table`.
    """
    stated = _SEP.match(data)
    body = data[stated.end() :] if stated else data
    return max(_fit(body, known, expected, longest)[0] for known in DELIMITERS)


def _header(records: Iterator[_Record], problems: Problems) -> list[str] | None:
    header = next(records, None)
    if header is None:
        if not problems.total:
            problems.add(1, "the file is empty: its first row names the columns")
        return None
    names = [name.strip() for name in header.values]
    if len(names) > MOST_COLUMNS:
        problems.add(header.line, f"{len(names)} columns: a table has at most {MOST_COLUMNS}")
        return None
    return names


def _fit(data: bytes, delimiter: str, expected: Collection[str], longest: int | None) -> tuple[int, float, int]:
    """How well a delimiter explains the first rows: known columns, rows as wide as the header, number of columns."""
    records = _records(data, delimiter, 1, Problems(), longest, MOST_EMPTY_FIRST)
    rows = [record.values for record in islice(records, SAMPLE)]
    if not rows:
        return 0, 0.0, 0
    names = [name.strip() for name in rows[0]]
    alike = sum(len(row) == len(names) for row in rows) / len(rows) if len(names) > 1 else 0.0
    return len(set(names) & set(expected)), alike, len(names)


def _records(
    data: bytes, delimiter: str, line: int, problems: Problems, longest: int | None, most_empty: int = MOST_EMPTY
) -> Iterator[_Record]:
    """Every row that is not empty, padding at its end cut off; `line` is the first line's number in the file."""
    csv.field_size_limit(LARGEST_CELL)  # of the whole process, and only ever raised
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    fed = _RowLines(lines, delimiter, longest)
    reader = csv.reader(fed, delimiter=delimiter, strict=True, skipinitialspace=True)
    before, number, full = 0, 0, 0
    try:
        for values in reader:
            number += 1
            fed.delimiters = fed.length = 0
            if any(value.strip() for value in values):
                full += 1
                yield _Record(line + before, number, values)
            elif number - full > most_empty:
                problems.add(line + before, f"more than {most_empty} rows hold nothing: take them out")
                return
            before = reader.line_num
    except csv.Error as error:
        problems.add(line + before, f"not CSV: {_in_words(error)}")


class _RowLines:
    """The lines of a file; raises csv.Error in a row of more than 524,288 delimiters or `longest` characters.

    Whoever reads sets `delimiters` and `length` to 0 after each row.
    """

    def __init__(self, lines: io.TextIOWrapper, delimiter: str, longest: int | None) -> None:
        self._lines, self._delimiter, self._longest = lines, delimiter, longest
        self.delimiters, self.length = 0, 0

    def __iter__(self) -> "_RowLines":
        """Return itself."""
        return self

    def __next__(self) -> str:
        """Return the next line."""
        line = self._lines.readline(-1 if self._longest is None else self._longest + 1)
        if not line:
            raise StopIteration
        self.length += len(line)
        if self._longest is not None and self.length > self._longest:
            said = f"a row is longer than {self._longest >> 20} MB; is a closing quotation mark missing?"
            raise csv.Error(said)
        self.delimiters += line.count(self._delimiter)
        if self.delimiters > MOST_DELIMITERS:
            raise csv.Error(f"a row has more than {MOST_DELIMITERS} delimiters; is a closing quotation mark missing?")
        return line


def _in_words(error: csv.Error) -> str:
    said = str(error)
    if "field larger than field limit" in said:
        return f"a cell is larger than {LARGEST_CELL >> 20} MB; is a closing quotation mark missing?"
    if "expected after" in said:
        return "text stands behind a closing quotation mark; write a quotation mark inside a cell twice"
    if "unexpected end" in said:
        return "a quotation mark is opened here and never closed; the file may be cut off"
    return said


def _rows(names: list[str], records: Iterable[_Record], delimiter: str, problems: Problems) -> Iterator[Row]:
    """The rows after the header; a row is as wide as it, or padded with empty cells as all others are.

    Where the comma separates, a row that alone is wider is one in which a decimal comma has moved the cells.
    """
    padded: tuple[int, int] | None = None
    for line, number, values in records:
        extra = max(len(values) - len(names), 0)
        if any(value.strip() for value in values[len(names) :]):
            problems.add(line, _too_wide(len(values), len(names), delimiter))
            if problems.enough:
                return
            continue
        if padded is not None and padded[0] != extra and delimiter == ",":
            wider, place = max(padded, (extra, line))
            problems.add(place, _too_wide(len(names) + wider, len(names), delimiter))
        padded = padded or (extra, line)
        yield Row(line, number, {name: value for name, value in zip(names, values, strict=False) if name})


def _too_wide(found: int, columns: int, delimiter: str) -> str:
    hint = "; a cell with a comma in it, such as 3,5, stands in quotation marks" if delimiter == "," else ""
    return f"{found} values for {columns} columns{hint}"
