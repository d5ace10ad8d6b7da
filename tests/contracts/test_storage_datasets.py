"""What every implementation of contracts.storage.DatasetStore does, and what the lake's engine reads of it."""

import hashlib
from functools import partial
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts.storage import Storage
from resources.lake.datasets import open_dataset

ROWS = pa.table({"cell": [0, 0, 1], "text": ["a", "b", "c"]})


def test_a_dataset_is_named_by_its_bytes(storage: Storage) -> None:
    """Its hash is that of what was written, and it is a blob as well."""
    made = storage.datasets.create(
        "lake/a", lambda digest: f"rows-{digest[:16]}.parquet", partial(pq.write_table, ROWS)
    )
    data = storage.blobs.get(made.key)
    assert data is not None
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    assert storage.blobs.list("lake/a") == [f"rows-{made.sha256[:16]}.parquet"]


def test_one_that_fails_leaves_nothing(storage: Storage) -> None:
    """What had the key before stays."""
    storage.datasets.create("a", lambda _: "set", partial(pq.write_table, ROWS))
    before = storage.blobs.get("a/set")

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        storage.datasets.create("a", lambda _: "set", fail)
    assert (storage.blobs.get("a/set"), storage.blobs.list("a")) == (before, ["set"])


def test_the_lake_opens_it_where_the_store_says(storage: Storage) -> None:
    """Only what is there; a locator of nothing is given all the same."""
    made = storage.datasets.create("lake/a", lambda _: "rows.parquet", partial(pq.write_table, ROWS))
    with open_dataset(storage.datasets.locator(made.key)) as dataset:
        assert dataset.read().equals(ROWS)
    with pytest.raises(FileNotFoundError):
        open_dataset(storage.datasets.locator("lake/a/none.parquet"))
