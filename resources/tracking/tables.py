"""Tables of candidates per cell, in the JSON form that MLflow shows as a table."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import msgspec

from contracts.storage import Locator
from resources.lake.datasets import open_dataset

COLUMNS = ("scenario_id", "tip_index", "outcome", "text", "tokens_in", "tokens_out", "latency_ms", "cost", "error")
TABLE = "candidates.json"
_BATCH = 4_000


def cell_tables(locator: Locator) -> Iterator[tuple[int, bytes]]:
    """Yield (cell, JSON) for every cell of the candidates with rows in order of cell; one cell in memory at a time.

    The JSON is `{"columns": [...], "data": [[...], ...]}`, rows in the dataset's order.
    """
    for cell, rows in groupby(_rows(locator), key=lambda row: row[0]):
        yield cell, msgspec.json.encode({"columns": COLUMNS, "data": [row[1:] for row in rows]})


def _rows(locator: Locator) -> Iterator[tuple[Any, ...]]:
    names = ["cell", *COLUMNS]
    with open_dataset(locator) as file:
        for batch in file.iter_batches(_BATCH, columns=names):
            yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)
