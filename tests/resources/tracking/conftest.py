"""Datasets of candidates to mirror."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.dataset_columns import CANDIDATES
from resources.home import Home

Candidates = Callable[[str, list[tuple[int, str]]], str]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose path holds a space."""
    return Home(tmp_path / "a home")


@pytest.fixture
def candidates(home: Home) -> Candidates:
    """Write a candidates dataset of (cell, text) rows and give its key."""

    def write(name: str, rows: list[tuple[int, str]]) -> str:
        table = [
            {
                "candidate_id": f"{number:032}",
                "cell": cell,
                "model": "m",
                "prompt": "p",
                "scenario": number,
                "scenario_id": f"sleep-{number}",
                "tip_index": 0,
                "outcome": "text",
                "text": text,
                "attempts": 1,
                "origin": "run",
            }
            for number, (cell, text) in enumerate(rows)
        ]
        rows_of = pa.Table.from_pylist(table, CANDIDATES)
        return home.storage.datasets.create("lake", lambda _: name, lambda file: pq.write_table(rows_of, file)).key

    return write
