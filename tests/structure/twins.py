"""A search for twins: the same statements with other names and values, in functions or as functions in a row."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST = 60


@dataclass(frozen=True)
class Run:
    """Statements that follow each other in one file; `lines` counts those with code, without docstrings."""

    path: Path
    first: int
    last: int
    lines: int

    def overlaps(self, other: "Run") -> bool:
        """Whether they share a line."""
        return self.path == other.path and self.first <= other.last and other.first <= self.last


class Shapes:
    """Writes statements of one file without their names, values and docstrings; each is written once."""

    def __init__(self) -> None:
        self._written: dict[ast.AST, str] = {}

    def of(self, node: ast.AST) -> str:
        """Return a text that is equal for nodes that differ in names and values alone."""
        if node not in self._written:
            parts = [type(node).__name__]
            for _, value in ast.iter_fields(node):
                several = without_docstring(value) if isinstance(value, list) else [value]
                parts.append(" ".join(self._part(each) for each in several))
            written = f"({';'.join(parts)})"
            if not isinstance(node, ast.stmt):
                return written
            self._written[node] = written
        return self._written[node]

    def _part(self, value: Any) -> str:
        return self.of(value) if isinstance(value, ast.AST) else "-" if value is None else "n"


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements without a text that stands first."""
    first = body[0] if body else None
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_text else body


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Yield the bodies of functions and of what stands in them, and functions that follow each other elsewhere."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if not isinstance(body, list) or not body or not isinstance(body[0], ast.stmt):
                continue
            if not isinstance(node, ast.Module | ast.ClassDef):
                yield without_docstring(body)
                continue
            together: list[ast.stmt] = []
            for statement in body:
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    together.append(statement)
                elif together:
                    yield together
                    together = []
            if together:
                yield together


def _code_lines(tree: ast.Module, text: str) -> list[int]:
    """Return for each line number how many lines up to it, itself included, have code."""
    silent = {number for number, line in enumerate(text.splitlines(), 1) if not line.strip() or line.strip()[0] == "#"}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (
            len(without_docstring(node.body)) < len(node.body)
        ):
            silent |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    counts = [0]
    for number in range(1, len(text.splitlines()) + 1):
        counts.append(counts[-1] + (number not in silent))
    return counts


def runs(path: Path, fewest: int) -> Iterator[tuple[str, Run]]:
    """Yield the shape and place of every run of `fewest` to 60 lines."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    counts, shapes = _code_lines(tree, text), Shapes()
    for block in _blocks(tree):
        if not block or counts[block[-1].end_lineno or 0] - counts[block[0].lineno - 1] < fewest:
            continue
        written = [shapes.of(statement) for statement in block]
        for first in range(len(block)):
            for last in range(first, len(block)):
                begins, ends = block[first].lineno, block[last].end_lineno or 0
                lines = counts[ends] - counts[begins - 1]
                if lines > LONGEST:
                    break
                if lines >= fewest:
                    yield "".join(written[first : last + 1]), Run(path, begins, ends, lines)


def twins(paths: Sequence[Path], most: int) -> list[tuple[Run, Run]]:
    """Return the pairs of runs of one shape of which one has more than `most` lines, the longest of each place."""
    by_shape: dict[str, list[Run]] = defaultdict(list)
    for path in paths:
        for shape, run in runs(path, max(1, most - 3)):
            by_shape[shape].append(run)
    pairs = [
        (one, two)
        for found in by_shape.values()
        for number, one in enumerate(found)
        for two in found[number + 1 :]
        if max(one.lines, two.lines) > most and not one.overlaps(two)
    ]
    pairs.sort(key=lambda pair: -pair[0].lines)
    chosen: list[tuple[Run, Run]] = []
    for one, two in pairs:
        if not any(one.overlaps(a) and two.overlaps(b) for a, b in chosen):
            chosen.append((one, two))
    return chosen
