"""Leases as OS locks: waiting, and a folder that is deleted meanwhile."""

from pathlib import Path

import pytest

from contracts.storage import LeaseHeld
from resources.storage.local_files import LocalFiles
from resources.storage.local_leases import LocalLeases

KEY, NOW = "lake/x/lock", "2026-01-01T00:00:00+00:00"


def test_a_waiting_writer_tries_again_until_its_time_is_over(tmp_path: Path) -> None:
    """Then the holder is named."""
    ticks, waits = iter(range(100)), list[float]()
    files = LocalFiles(tmp_path)
    leases = LocalLeases(files, clock=lambda: float(next(ticks)), sleep=waits.append)
    with (
        LocalLeases(files).hold(KEY, purpose="collecting", now=NOW),
        pytest.raises(LeaseHeld, match=r"\(collecting, since 2026"),
        leases.hold(KEY, purpose="x", now=NOW, wait_s=5),
    ):
        pass
    assert waits == [0.2, 0.2]


def test_a_lock_that_was_taken_away_with_its_folder_counts_no_more(tmp_path: Path) -> None:
    """Who waited for it while the folder was deleted takes the lock of the folder that has the name then."""
    folder = tmp_path / "lake" / "x"

    def wait(_: float) -> None:
        if not (tmp_path / "lake" / "gone").exists():
            folder.rename(tmp_path / "lake" / "gone")
            deleting.__exit__(None, None, None)

    files = LocalFiles(tmp_path)
    leases = LocalLeases(files, sleep=wait)
    deleting = leases.hold(KEY, purpose="deleting", now=NOW)
    deleting.__enter__()
    with leases.hold(KEY, purpose="next", now=NOW, wait_s=5):
        assert not leases.is_free(KEY)
        assert leases.is_free("lake/gone/lock")
