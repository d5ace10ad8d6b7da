"""Files of candidates to mirror."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.dataset_columns import CANDIDATES

Candidates = Callable[[str, list[tuple[int, str]]], str]


@pytest.fixture
def candidates(tmp_path: Path) -> Candidates:
    """Write a candidates file of (cell, text) rows and give its path."""

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
        path = tmp_path / name
        pq.write_table(pa.Table.from_pylist(table, CANDIDATES), path)
        return str(path)

    return write
