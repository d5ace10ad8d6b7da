"""Published leaderboards: a snapshot that is there is never gone for a moment."""

import json
from pathlib import Path

import pytest

from core.estimate import ESTIMATOR_VERSION
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


def test_a_snapshot_knows_the_estimator_that_made_it(tmp_path: Path) -> None:
    """One from before estimators had a version was made by the first."""
    home = Home(tmp_path)
    published = publish(home, NAME, "a" * 64, "t", _write)
    assert published.estimator == ESTIMATOR_VERSION
    manifest = home.experiment(NAME) / "leaderboards" / "manifest.json"
    stored = json.loads(manifest.read_text())
    del stored["history"][0]["estimator"]
    manifest.write_text(json.dumps(stored))
    before = read_published(home, NAME)
    assert before is not None
    assert before.estimator == 1


def _write(folder: Path) -> None:
    (folder / "leaderboard.json").write_bytes(b"[]")
