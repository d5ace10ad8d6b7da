"""Parts of decisions, in every store."""

from pathlib import Path
from typing import BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contracts.storage import StaleFence, Storage
from contracts.tips.decision_log import DayCounts, PublishedDay, PublishedTip
from resources.decisions.parts import FOLDER, SCHEMA, DecisionPartFiles
from tests.contracts.backends import BACKENDS
from tests.resources.decisions.rows import published_row, published_tip

ROW = published_tip("d-1", "u-1")


@pytest.fixture(params=BACKENDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Empty stores of one backend."""
    return BACKENDS[request.param](tmp_path)


def _put(parts: DecisionPartFiles, day: str, *batches: list[PublishedTip]) -> PublishedDay:
    file, digest, rows = parts.write(day, batches) or (None, None, 0)
    counts = DayCounts(published=rows, served=rows)
    made = PublishedDay(day=day, file=file, sha256=digest, rows=rows, reward_within_hours=72, counts=counts)
    parts.publish(made)
    return made


def test_a_day_replaces_itself_and_its_old_file_is_deleted(storage: Storage) -> None:
    """Days stand in their order; the same rows have the same file, and no rows have none."""
    with DecisionPartFiles(storage).only_writer("now") as parts:
        later = _put(parts, "2026-11-30", [ROW, msgspec.structs.replace(ROW, position=1)], [ROW])
        first = _put(parts, "2026-11-29", [ROW])
        assert parts.days() == (first, later)
        assert _put(parts, "2026-11-30", [ROW]).rows == 1
        assert _put(parts, "2026-11-29", [ROW]) == first
        empty = _put(parts, "2026-11-28")
    assert (empty.file, parts.table(empty).num_rows) == (None, 0)
    assert DecisionPartFiles(storage).left_over() == []
    assert [parts.table(day).num_rows for day in parts.days()] == [0, 1, 1]
    assert parts.table(first).schema == SCHEMA


def test_a_part_from_before_a_column_has_nulls_in_it(storage: Storage) -> None:
    """Where a text came from was not published at first; such a part is read, and rewritten, as any other."""
    before = pa.schema([each for each in SCHEMA if each.name != "source"])
    row = {**published_row(ROW), "source": None}
    old = pa.Table.from_pylist([{name: row[name] for name in before.names}], before)

    def write(file: BinaryIO) -> None:
        pq.write_table(old, file)

    with DecisionPartFiles(storage).only_writer("now") as parts:
        made = storage.datasets.create(FOLDER, lambda digest: f"2026-11-29-{digest[:16]}.parquet", write, None)
        file = f"2026-11-29-{made.sha256[:16]}.parquet"
        day = PublishedDay(
            day="2026-11-29",
            file=file,
            sha256=made.sha256,
            rows=1,
            reward_within_hours=72,
            counts=DayCounts(published=1),
        )
        parts.publish(day)
        newer = _put(parts, "2026-11-30", [msgspec.structs.replace(ROW, source="ahead")])
        assert parts.table(day).to_pylist() == [row]
        assert [each["source"] for each in parts.table(newer).to_pylist()] == ["ahead"]
        assert parts.keep(lambda _, table: table.slice(0, 0)) == 2


def test_a_writer_that_lost_its_lease_publishes_nothing(storage: Storage) -> None:
    """Neither a part nor a day."""
    with DecisionPartFiles(storage).only_writer("now") as lost:
        pass
    with DecisionPartFiles(storage).only_writer("now") as parts:
        with pytest.raises(StaleFence):
            lost.write("2026-11-30", [[ROW]])
        with pytest.raises(StaleFence):
            _put(lost, "2026-11-30")
        _put(parts, "2026-11-29", [ROW])
    assert [day.day for day in parts.days()] == ["2026-11-29"]


def test_days_past_their_time_are_dropped_with_their_files(storage: Storage) -> None:
    """As many rows as they had; what a killed process left goes with them."""
    with DecisionPartFiles(storage).only_writer("now") as parts:
        for day in ("2026-11-28", "2026-11-29"):
            _put(parts, day, [ROW])
        parts.write("2026-11-30", [[ROW]])
        assert parts.drop("2026-11-29") == 1
    assert [day.day for day in parts.days()] == ["2026-11-29"]
    assert sum(name.endswith(".parquet") for name in storage.blobs.list(FOLDER)) == 1
