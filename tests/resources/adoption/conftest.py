"""Files of outputs in the forms that people have, read by the default rubric or one of the test's own."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.judging.rubric import Criterion, Rubric, Scale
from resources.adoption.options import AdoptOptions
from resources.adoption.read import AdoptedFile, read_adopted

RUBRIC = Rubric("tips", "1", Scale(1, 5), (Criterion("clear", "Clear"), Criterion("kind", "Kind")))
Row = dict[str, Any]


def rows() -> list[Row]:
    """Two models, two prompts, three scenarios, a tip each."""
    return [
        {
            "model": m, "prompt": p, "scenario_id": s, "scenario": f"I cannot sleep, case {s}", "tip_index": 0,
            "text": f"Walk, then rest ({m} {p} {s}).",
        }
        for m in ("north", "south") for p in ("p1", "p2") for s in ("s1", "s2", "s3")
    ]  # fmt: skip


def table(given: list[Row], delimiter: str = ",", end: str = "\n") -> str:
    """Rows as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(given[0]), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(given)
    return text.getvalue()


def lines(given: list[Row]) -> str:
    """Rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in given)


Adopt = Callable[..., AdoptedFile]


@pytest.fixture
def read(tmp_path: Path) -> Adopt:
    """Reads files given by name as `NAME=text or bytes`, with options of the adoption."""

    def call(rubric: Rubric = RUBRIC, *, stated: bool = False, **given: Any) -> AdoptedFile:
        options = {name: given.pop(name) for name in list(given) if name in AdoptOptions.__struct_fields__}
        files = []
        for name, content in given.items():
            path = tmp_path / name.replace("_", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            files.append((path, path.read_bytes()))
        return read_adopted(files, rubric, AdoptOptions(**options), stated=stated)

    return call


@pytest.fixture
def rubric() -> Rubric:
    """The rubric that files are read by where a test names no other."""
    return RUBRIC


@pytest.fixture(name="rows")
def rows_fixture() -> list[Row]:
    """Twelve rows of four cells."""
    return rows()


@pytest.fixture(name="table")
def table_fixture() -> Callable[..., str]:
    """Turns rows into CSV."""
    return table


@pytest.fixture(name="lines")
def lines_fixture() -> Callable[[list[Row]], str]:
    """Turns rows into JSON lines."""
    return lines
