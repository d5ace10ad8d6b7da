from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts.storage import StaleFence, Storage
from resources.lake.snapshot import ParquetSnapshot
from tests.contracts.backends import BACKENDS

SCHEMA = pa.schema([pa.field("n", pa.int32(), nullable=False)])


@pytest.fixture(params=BACKENDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Empty stores of one backend."""
    return BACKENDS[request.param](tmp_path)


def rows(*values: int) -> pa.Table:
    """A table of the values."""
    return pa.Table.from_pylist([{"n": value} for value in values], SCHEMA)


def test_before_the_first_publication_there_is_an_empty_typed_table(storage: Storage) -> None:
    """Readers need no special case."""
    snapshot = ParquetSnapshot(storage, "lake/data", SCHEMA)
    assert snapshot.manifest() is None
    assert snapshot.table().schema == SCHEMA


def test_the_same_rows_are_the_same_snapshot(storage: Storage) -> None:
    """Publishing equal content again keeps file, hash and manifest."""
    snapshot = ParquetSnapshot(storage, "lake/data", SCHEMA)
    first = snapshot.publish(lambda writer: writer.write_table(rows(1, 2)), {"n": 2})
    assert snapshot.publish(lambda writer: writer.write_table(rows(1, 2)), {"n": 2}) == first
    assert snapshot.table().to_pydict() == {"n": [1, 2]}
    assert len(storage.blobs.list("lake/data")) == 2


def test_a_new_snapshot_replaces_the_file(storage: Storage) -> None:
    """After the switch only the current file and its manifest stay."""
    snapshot = ParquetSnapshot(storage, "lake/data", SCHEMA)
    first = snapshot.publish(lambda writer: writer.write_table(rows(1)), {})
    second = snapshot.publish(lambda writer: writer.write_table(rows(2)), {})
    assert first.file != second.file
    assert storage.blobs.list("lake/data") == sorted([second.file, "manifest.json"])


def test_a_failing_writer_leaves_the_old_snapshot(storage: Storage) -> None:
    """An error half-way publishes nothing."""
    snapshot = ParquetSnapshot(storage, "lake/data", SCHEMA)
    snapshot.publish(lambda writer: writer.write_table(rows(1)), {})

    def fail(writer: pq.ParquetWriter) -> None:
        writer.write_table(rows(9))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        snapshot.publish(fail, {})
    assert snapshot.table().to_pydict() == {"n": [1]}


def test_whoever_lost_its_lease_publishes_nothing(storage: Storage) -> None:
    """Neither the file nor the manifest."""
    snapshot = ParquetSnapshot(storage, "lake/data", SCHEMA)
    with storage.leases.hold("lake/lock", purpose="x", now="now") as old:
        first = snapshot.publish(lambda writer: writer.write_table(rows(1)), {}, old)
    with storage.leases.hold("lake/lock", purpose="x", now="now"), pytest.raises(StaleFence):
        snapshot.publish(lambda writer: writer.write_table(rows(2)), {}, old)
    assert storage.blobs.list("lake/data") == sorted([first.file, "manifest.json"])


def test_a_file_that_was_exchanged_is_not_what_was_written(storage: Storage) -> None:
    """Though it can be read, and has as many rows; before the first publication there is nothing to compare."""
    snapshot, other = ParquetSnapshot(storage, "lake/data", SCHEMA), ParquetSnapshot(storage, "lake/other", SCHEMA)
    assert snapshot.is_what_was_written()
    own = snapshot.publish(lambda writer: writer.write_table(rows(1, 2)), {})
    theirs = other.publish(lambda writer: writer.write_table(rows(3, 4)), {})
    assert snapshot.is_what_was_written()
    data = storage.blobs.get(f"lake/other/{theirs.file}")
    assert data is not None
    storage.blobs.put(f"lake/data/{own.file}", data)
    assert snapshot.table().to_pydict() == {"n": [3, 4]}
    assert not snapshot.is_what_was_written()
