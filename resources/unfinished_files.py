"""Deletes what processes write and delete themselves, where one was killed in between."""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.expected_error import ExpectedError
from kit.times import iso
from resources.home import Home
from resources.lake.lock import writing
from resources.lake.specs import discard_experiment

DAY_S = 86_400.0
_PLAIN, _KEY = re.compile(r"\.(.*\.)?\d+-[0-9a-f]{8}\.tmp"), re.compile(r"\..*\.\d+\.[0-9a-f]{8}")
_DISCARDED = re.compile(r"\.(deleted|shards)-.+")
"""Folders that were being deleted; `.shards-` is what an earlier version called those of shards."""
TEMPORARY = dict.fromkeys(("lake", "exports", "inbox", "signals", "catalog"), _PLAIN) | {"keys": _KEY}
"""By folder of a home, the names under which files, and folders of exports, are written before they are renamed."""
LOCK_ALONE = frozenset({"lock", ".lock.fence"})
"""What is in the folder of an experiment that was deleted while somebody waited to write it."""


def prune_unfinished(home: Home, now: float) -> int:
    """Delete what was last changed a day before `now`, in Unix seconds; return how many files and folders.

    Nothing of it is written for longer than minutes. Links are left alone, and so is whatever stands behind one.
    """
    files = sum(_deleted(path, now) for path in [*_handed_over(home), *_not_renamed(home)])
    return files + sum(_discarded(home, folder, now) for folder in _without_pin(home))


def _handed_over(home: Home) -> Iterator[Path]:
    """Yield files of uploads and of mirroring, which another process takes."""
    for folder in (home.root / "uploads", home.mlflow / "waiting"):
        if not (folder.is_symlink() or folder.parent.is_symlink()) and folder.is_dir():
            yield from (path for path in folder.iterdir() if not path.is_dir())


def _not_renamed(home: Home) -> Iterator[Path]:
    for name, pattern in TEMPORARY.items():
        top = home.root / name
        if top.is_symlink():
            continue
        for folder, folders, files in os.walk(top):
            found = [entry for entry in folders + files if pattern.fullmatch(entry)]
            found += [entry for entry in folders if name == "lake" and _DISCARDED.fullmatch(entry)]
            folders[:] = sorted(set(folders) - set(found))
            yield from (Path(folder) / entry for entry in found)


def _without_pin(home: Home) -> Iterator[Path]:
    """Yield experiments' folders that hold no pin and nothing else but a lock."""
    if (home.root / "lake").is_symlink():
        return
    for folder in (home.root / "lake").glob("tip-bench-*"):
        if not folder.is_symlink() and folder.is_dir() and _is_lock_alone(folder):
            yield folder


def _is_lock_alone(folder: Path) -> bool:
    return {path.name for path in folder.iterdir()} <= LOCK_ALONE


def _discarded(home: Home, folder: Path, now: float) -> bool:
    """Delete an experiment's folder under its lease, unless somebody holds that, or has begun to write there."""
    with suppress(OSError, ExpectedError):  # the others go on; tried again the next night
        if _is_old(folder.lstat(), now):
            with writing(home, folder.name, purpose="pruning", now=iso(now)) as fence:
                if _is_lock_alone(folder):
                    discard_experiment(home, folder.name, fence)
                    return True
    return False


def _is_old(found: os.stat_result, now: float) -> bool:
    return max(found.st_mtime, found.st_ctime) < now - DAY_S


def _deleted(path: Path, now: float) -> bool:
    with suppress(OSError):  # the others go on; tried again the next night
        found = path.lstat()
        if _is_old(found, now):
            if stat.S_ISDIR(found.st_mode):
                shutil.rmtree(path)
                return True
            if stat.S_ISREG(found.st_mode):
                path.unlink()
                return True
    return False
