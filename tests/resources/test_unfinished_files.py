"""What a killed process left behind goes after a day, and nothing else does."""

import time
from pathlib import Path

from resources.home import Home
from resources.lake.lock import writing
from resources.storage.files import replacing
from resources.unfinished_files import DAY_S, prune_unfinished

NAME = "tip-bench-a"


def test_files_go_a_day_after_they_were_written(tmp_path: Path) -> None:
    """Not before; links, what they lead to, and other folders stay."""
    home, now = Home(tmp_path / "home"), time.time()
    left = [home.root / "uploads" / "a.part", home.mlflow / "waiting" / "tip-bench-a-1.json"]
    other = home.mlflow / "mlflow.db"
    for path in (*left, other):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    link = home.root / "uploads" / "link"
    link.symlink_to(other)
    assert prune_unfinished(home, now + DAY_S / 2) == 0
    assert prune_unfinished(home, now + 2 * DAY_S) == 2
    assert not any(path.exists() for path in left)
    assert link.is_symlink()
    assert other.exists()


def test_a_home_without_any_is_left_as_it_is(tmp_path: Path) -> None:
    """No folder is made; one behind a link is not looked into."""
    home = Home(tmp_path / "home")
    assert prune_unfinished(home, time.time()) == 0
    assert not home.root.exists()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "mine").write_bytes(b"x")
    home.root.mkdir()
    (home.root / "uploads").symlink_to(tmp_path / "outside")
    assert prune_unfinished(home, time.time() + 2 * DAY_S) == 0


def test_what_was_never_renamed_goes(tmp_path: Path) -> None:
    """Files of the lake, of the inbox and of keys, and folders of exports; their neighbours stay."""
    home, now = Home(tmp_path / "home"), time.time()
    new = "123-0a1b2c3d.tmp"
    left = [
        home.experiment(NAME) / f".spec.json.{new}",
        home.experiment(NAME) / "leaderboards" / f".{new}" / "report.html",
        home.exports(NAME, "ann") / f".001.{new}" / "items.jsonl",
        home.inbox(NAME) / "imported" / f".a.jsonl.{new}",
        home.keys / ".blinding.123.0a1b2c3d",
    ]
    stay = [
        home.experiment(NAME) / "spec.json",
        home.exports(NAME, "ann") / "001" / "items.jsonl",
        home.inbox(NAME) / ".hidden.jsonl",
        home.inbox(NAME) / f"mine.{new}",
        home.inbox(NAME) / ".scores.2026-20261129",
        home.keys / "blinding",
    ]
    for path in (*left, *stay):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (home.experiment(NAME) / f".linked.{new}").symlink_to(tmp_path)
    assert prune_unfinished(home, now + DAY_S / 2) == 0
    assert prune_unfinished(home, now + 2 * DAY_S) == len(left)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in stay)
    assert (home.experiment(NAME) / f".linked.{new}").is_symlink()


def test_a_killed_writers_own_names_are_known(tmp_path: Path) -> None:
    """Those that this program gives: a writer that is stopped before its rename leaves one that goes."""
    home = Home(tmp_path / "home")
    (home.experiment(NAME)).mkdir(parents=True)
    (home.experiment(NAME) / "spec.json").write_bytes(b"x")
    with replacing(home.experiment(NAME) / "manifest.json") as temporary:
        temporary.write_bytes(b"x")
        name = temporary.name
    (home.experiment(NAME) / "manifest.json").rename(home.experiment(NAME) / name)
    assert prune_unfinished(home, time.time() + 2 * DAY_S) == 1
    assert [path.name for path in home.experiment(NAME).iterdir()] == ["spec.json"]


def test_a_lock_without_a_pin_goes(tmp_path: Path) -> None:
    """It was made by somebody who waited to write an experiment that was deleted meanwhile."""
    home = Home(tmp_path / "home")
    for name, files in ((NAME, ["lock", ".lock.fence"]), ("tip-bench-begun", ["lock", "records.jsonl"])):
        home.experiment(name).mkdir(parents=True)
        for file in files:
            (home.experiment(name) / file).write_bytes(b"")
    assert prune_unfinished(home, time.time()) == 0
    assert prune_unfinished(home, time.time() + 2 * DAY_S) == 1
    assert [path.name for path in (home.root / "lake").iterdir()] == ["tip-bench-begun"]


def test_a_lock_that_somebody_holds_stays(tmp_path: Path) -> None:
    """Whoever waits to write that experiment for a day is not robbed; numbers of leases go on growing afterwards."""
    home, later = Home(tmp_path / "home"), time.time() + 2 * DAY_S
    with writing(home, NAME, purpose="testing", now="2026-01-01T00:00:00+00:00") as before:
        assert prune_unfinished(home, later) == 0
    assert home.experiment(NAME).is_dir()
    assert prune_unfinished(home, later) == 1
    assert not home.experiment(NAME).exists()
    with writing(home, NAME, purpose="testing", now="2026-01-01T00:00:00+00:00") as after:
        assert after.number > before.number


def test_folders_that_were_being_deleted_go(tmp_path: Path) -> None:
    """Under the name of this version and of the one before, wherever in the lake they lie."""
    home, now = Home(tmp_path / "home"), time.time()
    boards = home.experiment(NAME) / "leaderboards"
    left = [boards / ".deleted-0a1b-0a1b2c3d", home.experiment(NAME) / ".shards-0a1b2c3d"]
    for folder in (*left, boards / "0a1b"):
        folder.mkdir(parents=True)
        (folder / "report.html").write_bytes(b"x")
    (home.experiment(NAME) / "spec.json").write_bytes(b"x")
    assert prune_unfinished(home, now + DAY_S / 2) == 0
    assert prune_unfinished(home, now + 2 * DAY_S) == len(left)
    assert [path.name for path in boards.iterdir()] == ["0a1b"]
    assert not any(path.exists() for path in left)
