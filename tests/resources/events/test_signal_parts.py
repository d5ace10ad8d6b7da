"""Parts of signals, in every store."""

from pathlib import Path

import pytest

from contracts.modules.signal_publication import SignalRow
from contracts.storage import StaleFence, Storage
from resources.events.signal_parts import FOLDER, SignalParts
from tests.contracts.backends import BACKENDS

ROW = SignalRow(type="tip.opened.v1", at=60, user="u", decision="d")


@pytest.fixture(params=BACKENDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Empty stores of one backend."""
    return BACKENDS[request.param](tmp_path)


def test_a_part_and_the_position_are_stored_as_one(storage: Storage) -> None:
    """Without rows the position moves alone."""
    with SignalParts(storage).only_writer("now") as parts:
        first = parts.add([ROW, ROW], 7)
        assert parts.add([], 9) is None
    found = SignalParts(storage).manifest()
    assert (found.upto, found.parts) == (9, (first,))
    assert first is not None
    assert (first.file, first.rows) == ("part-000001.parquet", 2)


def test_a_writer_that_lost_its_lease_adds_nothing(storage: Storage) -> None:
    """Neither a part nor a position."""
    with SignalParts(storage).only_writer("now") as lost:
        pass
    with SignalParts(storage).only_writer("now") as parts:
        with pytest.raises(StaleFence):
            lost.add([ROW], 1)
        with pytest.raises(StaleFence):
            lost.add([], 1)
        parts.add([], 2)
    assert SignalParts(storage).upto() == 2
    assert [name for name in storage.blobs.list(FOLDER) if name != "lock"] == ["manifest.json"]


def test_a_part_is_its_owners_alone(tmp_path: Path) -> None:
    """Whatever the process's mask is."""
    with SignalParts(BACKENDS["local"](tmp_path)).only_writer("now") as parts:
        parts.add([ROW], 1)
    assert (tmp_path / FOLDER / "part-000001.parquet").stat().st_mode & 0o777 == 0o600
