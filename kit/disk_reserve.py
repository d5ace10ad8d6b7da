"""Says whether a disk has more than what is left for its owner: what many callers store together ends there."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

RESERVE, SHARE = 1 << 30, 20
"""Bytes that are left for the owner, of a small disk one part of so many: for runs, commits, and what frees room."""


class DiskUsage(Protocol):
    """Bytes of a disk, as `shutil.disk_usage` gives them."""

    @property
    def total(self) -> int:
        """Return how many there are."""
        ...

    @property
    def free(self) -> int:
        """Return how many this account may still use."""
        ...


def has_capacity(folder: Path, usage: Callable[[Path], DiskUsage] = shutil.disk_usage) -> bool:
    """Return whether more than the reserve is free where the folder lies."""
    found = usage(folder)
    return found.free >= min(RESERVE, found.total // SHARE)
