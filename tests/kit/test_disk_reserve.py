"""What is left of a disk for its owner."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from kit.disk_reserve import has_capacity

GB = 1 << 30


@pytest.mark.parametrize(
    ("total", "free", "enough"),
    [(500 * GB, GB, True), (500 * GB, GB - 1, False), (10 * GB, GB // 2, True), (10 * GB, GB // 2 - 1, False)],
)
def test_a_gigabyte_or_a_twentieth_is_left(total: int, free: int, enough: bool) -> None:
    """The smaller one, so that a small disk can be used."""
    assert has_capacity(Path(), lambda _: SimpleNamespace(total=total, free=free)) is enough


def test_the_systems_own_figures_are_read(tmp_path: Path) -> None:
    """Those of the disk on which the folder lies."""
    assert has_capacity(tmp_path) in {True, False}
