"""The parts of a tool's file that are read, and the outputs in our columns that they become, with their rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from core.benchmark.records import JudgeKind
from kit.tables.csv_rows import Row

METRICS = "metrics"
"""The column of a tool's own scores: {judge: {name: value}}; they become scores where a rubric names them."""


@dataclass(frozen=True)
class Document:
    """A file as read: the JSON values with their lines, or a table with its header, repeated names numbered."""

    path: Path
    values: list[tuple[int, Any]] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)

    @property
    def objects(self) -> list[tuple[int, dict[str, Any]]]:
        """Return the rows or values that are objects, with their lines."""
        found = [(line, value) for line, value in self.values if isinstance(value, dict)]
        return found or [(row.line, dict(row.cells)) for row in self.rows]

    @property
    def single(self) -> dict[str, Any] | None:
        """Return the one object that the file consists of, or None."""
        return self.values[0][1] if len(self.values) == 1 and isinstance(self.values[0][1], dict) else None


class Output(NamedTuple):
    """One output: `raw` is its row as the file has it, `columns` what is known of it in our names."""

    line: int
    raw: dict[str, Any]
    columns: dict[str, Any]


class ToolFile(NamedTuple):
    """The outputs of a file, the kinds of the judges whose metrics it holds, and what a person should know.

    `of_no_output` names metrics that stand for several outputs together and so can count for none.
    """

    tool: str
    outputs: list[Output]
    kinds: dict[str, JudgeKind]
    notes: list[str]
    of_no_output: tuple[str, ...] = ()


class Unusable(ValueError):
    """A tool's file that holds no outputs of tips; says what to do."""


Read = Callable[[Document], ToolFile | None]
"""Returns None for a file of another shape; raises Unusable."""
