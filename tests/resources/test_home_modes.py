"""An older home is made its owner's alone."""

import os
from pathlib import Path

import pytest

from resources.home import Home
from resources.home_format import mark_format
from resources.home_modes import open_to_others, tighten


@pytest.fixture
def older(tmp_path: Path) -> Home:
    """A home as a version before left it: readable by everybody, with a link to a file elsewhere."""
    home = Home(tmp_path / "home")
    (home.root / "lake" / "tip-bench-x").mkdir(parents=True)
    mark_format(home)
    (home.root / "lake" / "tip-bench-x" / "journal.jsonl").write_text("")
    (home.root / "keys").mkdir(mode=0o700)
    (tmp_path / "elsewhere").write_text("")
    (home.root / "linked").symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path / "elsewhere", *home.root.rglob("*"), home.root):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (home.root / "keys").chmod(0o700)
    return home


def test_an_open_home_is_closed_once_and_said(older: Home, tmp_path: Path) -> None:
    """The home first, then all below it; a link's target is not ours; a second time there is nothing to do."""
    assert next(open_to_others(older)) == (older.root, 0o755)
    assert tighten(older) == (
        f"other accounts could enter {older.root}: it and 4 files and folders below are its owner's alone now"
    )
    assert list(open_to_others(older)) == []
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o644
    assert tighten(older) is None


def test_a_home_that_is_a_link_is_closed_where_it_points(older: Home, tmp_path: Path) -> None:
    """The link stays, the folder behind it is closed."""
    (tmp_path / "link").symlink_to(older.root)
    assert tighten(Home(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert list(open_to_others(older)) == []


def test_only_a_home_is_changed(tmp_path: Path) -> None:
    """A folder with something else stays as it is, an empty one is closed in silence, one that is not there is none."""
    other, empty = tmp_path / "other", tmp_path / "empty"
    for folder in (other, empty):
        folder.mkdir()
        folder.chmod(0o755)
    (other / "letter.txt").write_text("")
    assert [tighten(Home(folder)) for folder in (other, empty, tmp_path / "none")] == [None] * 3
    assert [folder.stat().st_mode & 0o777 for folder in (other, empty)] == [0o755, 0o700]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder another account's")
def test_another_accounts_home_stays(older: Home) -> None:
    """Whose home it is decides; the doctor says what is open."""
    os.chown(older.root, 12_345, -1)
    assert tighten(older) is None
    assert older.root.stat().st_mode & 0o777 == 0o755
