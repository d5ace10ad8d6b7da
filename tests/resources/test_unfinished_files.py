"""What a killed upload or mirroring left behind goes after a day, and nothing else does."""

import time
from pathlib import Path

from resources.home import Home
from resources.unfinished_files import DAY_S, prune_unfinished


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
