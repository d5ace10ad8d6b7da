from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pytest

from contracts.storage import StaleFence, Storage
from resources.lake.broken import LakeBroken
from resources.lake.datasets import engine_view, reading_datasets
from resources.lake.parquet_parts import ParquetParts
from tests.contracts.backends import BACKENDS

FOLDER = "lake/tip-bench-a/parts"


class Entry(msgspec.Struct, frozen=True):
    """What the manifest says of a part."""

    file: str


@pytest.fixture(params=BACKENDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Empty stores of one backend."""
    return BACKENDS[request.param](tmp_path)


def test_parts_are_published_by_a_switch(storage: Storage) -> None:
    """Before it nothing is there; what it does not name is deleted after it."""
    parts = ParquetParts(storage, FOLDER, Entry)
    first, second = (parts.write(name, pa.table({"n": [n]})) for n, name in enumerate(("one", "two")))
    assert parts.entries() == []
    parts.switch([Entry(second)], [second])
    assert parts.entries() == [Entry(second)]
    assert parts.read(second)["n"].to_pylist() == [1]
    with pytest.raises(LakeBroken, match=f"^{parts.key(first)} cannot be read"):
        parts.read(first)


def test_whoever_lost_its_lease_publishes_nothing(storage: Storage) -> None:
    """Neither a part nor a switch, which would also delete what others wrote."""
    parts = ParquetParts(storage, FOLDER, Entry)
    with storage.leases.hold("lake/lock", purpose="x", now="now") as old:
        first = parts.write("one", pa.table({"n": [1]}), old)
        parts.switch([Entry(first)], [first], old)
    with storage.leases.hold("lake/lock", purpose="x", now="now"):
        with pytest.raises(StaleFence):
            parts.write("two", pa.table({"n": [2]}), old)
        with pytest.raises(StaleFence):
            parts.switch([], [], old)
    assert parts.entries() == [Entry(first)]
    assert storage.blobs.list(FOLDER) == ["manifest.json", first]


def test_a_manifest_that_is_lost_is_told_from_none(storage: Storage) -> None:
    """Nothing is read, written or deleted then; a writer that was killed before its first switch left an empty one."""
    parts = ParquetParts(storage, FOLDER, Entry)
    assert parts.entries() == []
    file = parts.write("one", pa.table({"n": [1]}))
    assert ParquetParts(storage, FOLDER, Entry).entries() == []
    parts.switch([Entry(file)], [file])
    manifest = storage.blobs.get(f"{FOLDER}/manifest.json")
    assert manifest is not None
    storage.blobs.delete(f"{FOLDER}/manifest.json")
    for act in (parts.entries, lambda: parts.write("two", pa.table({"n": [2]}))):
        with pytest.raises(LakeBroken, match=r"^lake/tip-bench-a/parts/manifest\.json is missing"):
            act()
    assert storage.blobs.list(FOLDER) == [file]
    storage.blobs.put(f"{FOLDER}/manifest.json", manifest)
    assert parts.entries() == [Entry(file)]


def test_an_engine_sees_all_parts(storage: Storage) -> None:
    """Wherever their bytes are."""
    parts = ParquetParts(storage, FOLDER, Entry)
    files = [parts.write(str(n), pa.table({"n": [n, n]})) for n in range(3)]
    locators = [storage.datasets.locator(parts.key(file)) for file in files]
    with duckdb.connect() as connection:
        engine_view(connection, locators).create_view("seen")
        assert connection.sql("select sum(n), count(*) from seen").fetchall() == [(6, 6)]


def test_a_missing_part_is_named_where_an_engine_fails(storage: Storage) -> None:
    """An error of the engine that concerns no part stays what it is."""
    parts = ParquetParts(storage, FOLDER, Entry)
    there = storage.datasets.locator(parts.key(parts.write("there", pa.table({"n": [1]}))))
    with pytest.raises(OSError, match="else"), reading_datasets([there], OSError):
        raise OSError("something else")
    none = storage.datasets.locator(parts.key("part-missing.parquet"))
    with pytest.raises(LakeBroken, match="part-missing"), reading_datasets([there, none], OSError):
        raise OSError("no such file")
