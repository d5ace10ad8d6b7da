"""Published leaderboards: a snapshot that is there is never gone for a moment."""

import json
from pathlib import Path

import pytest

from contracts.storage import Fence, StaleFence
from core.estimate import ESTIMATOR_VERSION
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.lake.leaderboards import PublishedLeaderboard, publications, publish, read_published
from resources.lake.lock import writing
from resources.storage.memory import memory_storage

NAME = "tip-bench-published"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path)


def test_a_snapshot_is_replaced_without_ever_being_gone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before each file that is stored anew readers find the leaderboard, and when that fails half-way."""
    first = _publish(home, {"leaderboard.json": b"[]", "report.html": b"first"})
    put, seen = home.storage.blobs.put, list[str]()

    def looked(key: str, data: bytes, fence: Fence | None = None) -> None:
        assert read_published(home, NAME) == first
        seen.append(key.rpartition("/")[2])
        put(key, data, fence)

    monkeypatch.setattr(home.storage.blobs, "put", looked)
    again = _publish(home, {"leaderboard.json": b"[]", "report.html": b"again"})
    assert seen == ["leaderboard.json", "report.html"]
    assert (again.file("report.html"), again.folder) == (b"again", first.folder)


def test_a_publication_that_fails_is_none(home: Home) -> None:
    """Whoever lost its lease changes neither the snapshot nor the history, also with other data."""
    published = _publish(home, {"leaderboard.json": b"[]", "report.html": b"first"})
    with writing(home, NAME, purpose="x", now="t") as old:
        pass
    with writing(home, NAME, purpose="x", now="t"):
        for data_hash in ("a" * 64, "b" * 64):
            with pytest.raises(StaleFence):
                publish(home, NAME, data_hash, "t", {"leaderboard.json": b"[{}]"}, old)
    assert read_published(home, NAME) == published
    assert published.file("report.html") == b"first"
    assert len(publications(home, NAME)) == 1


def test_a_leaderboard_is_published_wherever_bytes_lie() -> None:
    """Here in memory; its files say where they are."""
    home = Home(Path("nowhere"))
    home.__dict__["storage"] = memory_storage()  # what a cached property holds
    published = _publish(home, {"leaderboard.json": b"[]", "notes.json": b'["a"]'})
    assert (published.rows, published.notes()) == ([], ["a"])
    assert published.place("report.html").startswith("memory:lake/tip-bench-published/leaderboards/")
    with pytest.raises(FileNotFoundError):
        published.file("report.html")
    with pytest.raises(LakeBroken, match=r"slices.json cannot be read"):
        published.slices()


def test_a_snapshot_knows_the_estimator_that_made_it(home: Home) -> None:
    """One from before estimators had a version was made by the first."""
    published = _publish(home, {"leaderboard.json": b"[]"})
    assert published.estimator == ESTIMATOR_VERSION
    manifest = home.experiment(NAME) / "leaderboards" / "manifest.json"
    stored = json.loads(manifest.read_text())
    del stored["history"][0]["estimator"]
    manifest.write_text(json.dumps(stored))
    before = read_published(home, NAME)
    assert before is not None
    assert before.estimator == 1


def _publish(home: Home, files: dict[str, bytes]) -> PublishedLeaderboard:
    with writing(home, NAME, purpose="publish", now="t") as fence:
        return publish(home, NAME, "a" * 64, "t", files, fence)
