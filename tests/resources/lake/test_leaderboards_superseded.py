"""Leaderboards that others took the place of."""

from pathlib import Path

import pytest

from core.estimate import ESTIMATOR_VERSION
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.lake.leaderboards import (
    Publication,
    forget,
    lasting,
    prune_boards,
    publications,
    publish,
    read_published,
    read_snapshot,
)
from resources.lake.lock import writing

NAME = "tip-bench-superseded"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one experiment, whose board was published every hour of two days and a half."""
    home = Home(tmp_path)
    (home.experiment(NAME)).mkdir(parents=True)
    (home.experiment(NAME) / "spec.json").write_text("{}")
    for hour in range(60):
        at = f"2026-11-{27 + hour // 24}T{hour % 24:02}:00:00+00:00"
        _publish(home, f"{hour:02}" * 32, at)
    return home


def _publish(home: Home, data_hash: str, at: str) -> None:
    with writing(home, NAME, purpose="publish", now=at) as fence:
        publish(home, NAME, data_hash, at, {"leaderboard.json": b"[]"}, fence)


def _folders(home: Home) -> list[str]:
    return sorted(path.name[:2] for path in (home.experiment(NAME) / "leaderboards").iterdir() if path.is_dir())


def test_the_newest_and_the_last_of_each_day_stay(home: Home) -> None:
    """In the history and on the disk; the current one is untouched, and a second time there is nothing to do."""
    before = read_published(home, NAME)
    assert prune_boards(home, "now", newest=5) == 53
    stay = ["23", "47", "55", "56", "57", "58", "59"]
    assert _folders(home) == [entry.data_hash[:2] for entry in publications(home, NAME)] == stay
    assert read_published(home, NAME) == before
    assert read_snapshot(home, NAME, "23" * 32).rows == []
    assert prune_boards(home, "now", newest=5) == 0


def test_a_year_of_publications_every_minute_is_one_a_day() -> None:
    """However often an open round publishes, what stays is counted in days."""
    history = [Publication(f"{n:064}", f"2026-{1 + n // 28_000:02}-{1 + n // 1_000 % 28:02}T") for n in range(336_000)]
    history = [Publication(entry.data_hash, entry.at, ESTIMATOR_VERSION) for entry in history]
    assert len(lasting(history)) == 12 * 28 + 199


def test_what_an_older_estimator_made_stays(home: Home) -> None:
    """Released numbers cannot be made again; the note on a changed order compares with them."""
    first, *others = publications(home, NAME)
    with writing(home, NAME, purpose="prune", now="now") as fence:
        forget(home, NAME, [Publication(first.data_hash, first.at, ESTIMATOR_VERSION - 1), *others], fence)
    prune_boards(home, "now", newest=1)
    assert _folders(home) == ["00", "23", "47", "59"]


def test_data_that_came_back_stay_while_one_publication_of_them_does(home: Home) -> None:
    """Two publications of the same data have one folder."""
    _publish(home, "00" * 32, "2026-11-29T12:30:00+00:00")
    prune_boards(home, "now", newest=1)
    assert _folders(home) == ["00", "23", "47"]


def test_an_experiment_that_is_being_written_waits(home: Home) -> None:
    """A publication under way has a folder that no manifest names yet."""
    with writing(home, NAME, purpose="publish", now="now"):
        assert prune_boards(home, "now", newest=1) == 0
    assert len(_folders(home)) == 60


def test_what_a_killed_publication_or_pruning_left_goes(home: Home) -> None:
    """Folders that no publication names; a link is nobody's folder and is left alone."""
    boards = home.experiment(NAME) / "leaderboards"
    (boards / f".deleted-{'d' * 16}-0123abcd").mkdir()
    (boards / ("f" * 16)).mkdir()
    (boards / ("e" * 16)).symlink_to(home.root)
    assert prune_boards(home, "now") == 1
    assert not [*boards.glob(".*")]
    assert (boards / ("e" * 16)).is_symlink()
    assert home.experiments() == [NAME]


def test_a_damaged_experiment_keeps_no_other_from_being_pruned(home: Home) -> None:
    """Its manifest is left for an operator; a board that is missing is said to be."""
    other = "tip-bench-damaged"
    (home.experiment(other) / "leaderboards").mkdir(parents=True)
    (home.experiment(other) / "spec.json").write_text("{}")
    (home.experiment(other) / "leaderboards" / "manifest.json").write_text("[]")
    assert prune_boards(home, "now", newest=5) == 53
    (home.experiment(NAME) / "leaderboards" / ("59" * 8) / "leaderboard.json").unlink()
    with pytest.raises(LakeBroken, match=r"leaderboard.json cannot be read .*backup"):
        read_published(home, NAME)
