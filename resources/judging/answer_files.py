"""Reads the answers in a judge's file, JSON or CSV, one by one, and notes what is wrong with the others."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.judging.answer_faults import Fault, allowed, other_task_fault
from core.judging.answer_validator import AnswerShape, InvalidAnswer
from core.judging.rubric import fits, yes_or_no
from kit.tables.csv_rows import CsvTable, Row, csv_table, header_matches
from kit.tables.json_rows import json_rows, looks_like_json
from kit.tables.numbers import NotANumber, number_of
from kit.tables.problems import Problems

LONGEST = 512 << 10
"""Bytes of one answer in JSON; its texts, every character as an escape, and its scores need less."""
LONGEST_ROW = 4 << 20
"""Characters of a row of a sheet, whose other columns hold what was shown to the judge."""
MOST_BLANK = 1 << 20
"""Rows of a sheet without an answer; a spreadsheet has no more rows."""
NAMES_COMPARED = 100


@dataclass
class AnswerFile:
    """A judge's file while it is read: iterating yields (line, answer) and fills the rest.

    `blank` counts rows of a table that hold no answer yet; `read_over` says in words what stands around the answers.
    """

    data: bytes = field(repr=False)
    shape: AnswerShape
    is_table: bool
    problems: Problems = field(default_factory=Problems)
    read_over: list[str] = field(default_factory=list)
    blank: int = 0

    @property
    def part(self) -> str:
        """Return what a part of an answer is called in this file."""
        return "column" if self.is_table else "field"

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """Yield every valid answer with its line, from 1."""
        return self._table() if self.is_table else self._objects()

    def _objects(self) -> Iterator[tuple[int, Any]]:
        found = json_rows(self.data, self.problems, longest=LONGEST)
        for line, value in found.rows:
            try:
                yield line, self.shape.answer(value)
            except InvalidAnswer as error:
                self.problems.add(line, error.fault.message)
            if self.problems.enough:
                break
        self.read_over += found.read_over

    def _table(self) -> Iterator[tuple[int, Any]]:
        table = csv_table(self.data, self.problems, columns_of(self.shape), longest=LONGEST_ROW)
        if table is None:
            return
        needed = [name for name in self.shape.rubric.names if name not in self.shape.conditional]
        missing = [name for name in ("item", "rubric", *needed) if name not in table.columns]
        if missing:
            other = other_task_fault(set(table.columns) - set(self.shape.rubric.names))
            if other is not None:
                self.problems.add(1, of_table(other.message))
                return
            known = columns_of(self.shape)
            hint = _meant(missing, [name[:60] for name in table.columns[:NAMES_COMPARED] if name and name not in known])
            self.problems.add(1, f"no column {', '.join(missing)}{hint}: the columns are {', '.join(known)}")
            return
        self.read_over += table.read_over
        for row in table.rows:
            try:
                answer = _answer(row, table, self.shape)
                if answer is not None:
                    yield row.line, self.shape.answer(answer)
                elif row.cells.get("item", "").strip():
                    self.blank += 1
                    if self.blank > MOST_BLANK:
                        self.problems.add(row.line, f"more than {MOST_BLANK} rows hold no answer: take them out")
                        break
            except InvalidAnswer as error:
                place = f" (row {row.number} of the sheet)" if row.number != row.line else ""
                self.problems.add(row.line, of_table(error.fault.message) + place)
            if self.problems.enough:
                break


def _meant(missing: Sequence[str], others: Sequence[str]) -> str:
    """Return which of the file's other columns are close to the missing ones, empty if none is."""
    close = [name for wanted in missing for name in difflib.get_close_matches(wanted, others, n=1)]
    return f" (is {', '.join(close)} meant?)" if close else ""


def remarks(read_over: Sequence[str], blank: int) -> list[str]:
    """Return what a receipt says of a file apart from its answers: what was read over, and rows without an answer."""
    found = [f"read over: {', '.join(read_over)}"] if read_over else []
    rows = "1 row without an answer stays" if blank == 1 else f"{blank} rows without an answer stay"
    return [*found, f"{rows} pending"] if blank else found


def columns_of(shape: AnswerShape) -> tuple[str, ...]:
    """Return the columns of a table of answers, in order."""
    return ("item", "rubric", *shape.rubric.names, "comment", "unscorable")


def is_table(data: bytes, shape: AnswerShape, *, named_so: bool) -> bool:
    """Return whether `data` is CSV: by its name unless it looks like JSON, or by its header under another name."""
    if looks_like_json(data):
        return False
    return named_so or header_matches(data, columns_of(shape), LONGEST_ROW) > 1


def of_table(message: str) -> str:
    """Return a message about an answer's fields as one about columns."""
    return message.replace("field 'scores.", "column '").replace("field '", "column '")


def _answer(row: Row, table: CsvTable, shape: AnswerShape) -> dict[str, Any] | None:
    """Return an answer as JSON states it, None if the row holds none; raise InvalidAnswer if it holds half of one."""
    given = _filled(row.cells, shape.rubric.names)
    texts = _filled(row.cells, ("comment", "unscorable"))
    if not given and not texts:
        return None
    answer = {"item": row.cells.get("item", "").strip(), "rubric": row.cells.get("rubric", "").strip(), **texts}
    if "unscorable" in texts and not given:
        return answer
    for name in shape.rubric.names:
        if name not in given and name not in shape.conditional:
            said = f"column '{name}' is empty: give {allowed(shape.rubric, name)}, or leave the row without any answer"
            raise InvalidAnswer(Fault(("scores", name), said))
    if table.delimiter == "," and texts.get("comment", "").isdecimal():
        said = (
            f"column 'comment' is the bare number {texts['comment']}: is a number such as 3,5 without quotation marks?"
        )
        raise InvalidAnswer(Fault(("comment",), said))
    scores = {name: _number(name, text, table, shape) for name, text in given.items()}
    return {**answer, "scores": scores}


def _filled(cells: dict[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: value for name in names if (value := cells.get(name, "").strip())}


def _number(name: str, text: str, table: CsvTable, shape: AnswerShape) -> float:
    word = yes_or_no(text) if name in shape.rubric.yes_no else None
    if word is not None:
        return word
    try:
        value = number_of(text, decimal_comma=table.decimal_comma)
    except NotANumber as error:
        fault = Fault(("scores", name), f"column '{name}' is '{text:.60}': give {allowed(shape.rubric, name)}")
        raise InvalidAnswer(fault) from error
    if not fits(name, value, shape.rubric):
        said = f"column '{name}' is {value:g}: give {allowed(shape.rubric, name)}"
        raise InvalidAnswer(Fault(("scores", name), said))
    return value
