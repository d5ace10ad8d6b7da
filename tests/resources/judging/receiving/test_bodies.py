import os
from pathlib import Path

import pytest

from kit.regular_files import LinkedFolder
from resources.home import Home
from resources.judging.receiving.bodies import STALE_S, ReceivedBodies
from resources.storage.memory import memory_storage


@pytest.mark.parametrize(
    ("data", "suffix"),
    [(b"", ".jsonl"), (b' {"item": 1}', ".jsonl"), (b"item,rubric\n", ".csv"), (b"```\n{", ".jsonl")],
)
def test_a_body_is_named_by_what_it_holds_and_becomes_a_value(tmp_path: Path, data: bytes, suffix: str) -> None:
    """Of the store of its home; nothing of it is left afterwards."""
    home = Home(tmp_path)
    with ReceivedBodies(home, os.urandom).holding(data) as body:
        assert (body.size, body.suffix) == (len(data), suffix)
        assert home.storage.blobs.get(body.stored(home)) == data
    assert home.storage.blobs.list("uploads") == []


def test_a_body_that_was_moved_on_is_no_longer_removed(tmp_path: Path) -> None:
    """It is where the store put it."""
    home = Home(tmp_path)
    with ReceivedBodies(home, os.urandom).holding(b"{}") as body:
        home.storage.blobs.move(body.stored(home), "inbox/a")
    assert home.storage.blobs.get("inbox/a") == b"{}"


def test_a_copy_that_nobody_moved_on_is_removed(tmp_path: Path) -> None:
    """In stores that are no files, as when the transaction that would have placed it failed; a moved one stays."""
    home = Home(tmp_path)
    home.__dict__["storage"] = memory_storage()
    bodies = ReceivedBodies(home, os.urandom)
    with bodies.holding(b"{}") as body:
        assert home.storage.blobs.get(body.stored(home)) == b"{}"
    assert home.storage.blobs.list("uploads") == []
    with bodies.holding(b"{}") as body:
        home.storage.blobs.move(body.stored(home), "inbox/a")
    assert home.storage.blobs.get("inbox/a") == b"{}"


def test_what_a_crash_left_goes_after_a_day(tmp_path: Path) -> None:
    """Not before."""
    bodies = ReceivedBodies(Home(tmp_path), os.urandom)
    left = tmp_path / "uploads" / "left.part"
    left.parent.mkdir()
    left.write_bytes(b"x")
    at = left.stat().st_mtime
    bodies.sweep(at + STALE_S - 1)
    assert left.exists()
    bodies.sweep(at + STALE_S + 1)
    assert not left.exists()


def test_nothing_is_received_through_a_link(tmp_path: Path) -> None:
    """It would lie outside of the home."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "uploads").symlink_to(tmp_path)
    with pytest.raises(LinkedFolder):
        ReceivedBodies(Home(tmp_path / "home"), os.urandom).begin()
