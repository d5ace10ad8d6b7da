from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resources.lake.snapshot import ParquetSnapshot

SCHEMA = pa.schema([pa.field("n", pa.int32(), nullable=False)])


def rows(*values: int) -> pa.Table:
    """A table of the values."""
    return pa.Table.from_pylist([{"n": value} for value in values], SCHEMA)


def test_before_the_first_publication_there_is_an_empty_typed_table(tmp_path: Path) -> None:
    """Readers need no special case."""
    snapshot = ParquetSnapshot(tmp_path / "data", SCHEMA)
    assert snapshot.manifest() is None
    assert snapshot.table().schema == SCHEMA


def test_the_same_rows_are_the_same_snapshot(tmp_path: Path) -> None:
    """Publishing equal content again keeps file, hash and manifest."""
    snapshot = ParquetSnapshot(tmp_path / "data", SCHEMA)
    first = snapshot.publish(lambda writer: writer.write_table(rows(1, 2)), {"n": 2})
    assert snapshot.publish(lambda writer: writer.write_table(rows(1, 2)), {"n": 2}) == first
    assert snapshot.table().to_pydict() == {"n": [1, 2]}
    assert len(list((tmp_path / "data").iterdir())) == 2


def test_a_new_snapshot_replaces_the_file(tmp_path: Path) -> None:
    """After the switch only the current file and its manifest stay."""
    snapshot = ParquetSnapshot(tmp_path / "data", SCHEMA)
    first = snapshot.publish(lambda writer: writer.write_table(rows(1)), {})
    second = snapshot.publish(lambda writer: writer.write_table(rows(2)), {})
    assert first.file != second.file
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == sorted([second.file, "manifest.json"])


def test_a_failing_writer_leaves_the_old_snapshot(tmp_path: Path) -> None:
    """An error half-way publishes nothing."""
    snapshot = ParquetSnapshot(tmp_path / "data", SCHEMA)
    snapshot.publish(lambda writer: writer.write_table(rows(1)), {})

    def fail(writer: pq.ParquetWriter) -> None:
        writer.write_table(rows(9))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        snapshot.publish(fail, {})
    assert snapshot.table().to_pydict() == {"n": [1]}
