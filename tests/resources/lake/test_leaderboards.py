"""Published leaderboards: a snapshot that is there is never gone for a moment."""

from pathlib import Path

import pytest

from resources.home import Home
from resources.lake.leaderboards import publish, read_published

NAME = "tip-bench-published"


def test_a_snapshot_is_replaced_without_ever_being_gone(tmp_path: Path) -> None:
    """While the same data are published again, and when that fails half-way, readers find the leaderboard."""
    home = Home(tmp_path)

    def fill(folder: Path) -> None:
        before = read_published(home, NAME)
        assert before is None or (before.folder / "leaderboard.json").exists()
        (folder / "leaderboard.json").write_bytes(b"[]")
        (folder / "report.html").write_text("again" if before else "first")

    first = publish(home, NAME, "a" * 64, "t", fill)
    inode = first.folder.stat().st_ino
    again = publish(home, NAME, "a" * 64, "t", fill)
    assert (again.folder / "report.html").read_text() == "again"
    assert again.folder.stat().st_ino == inode

    def fail(_: Path) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish(home, NAME, "a" * 64, "t", fail)
    assert read_published(home, NAME) == again
