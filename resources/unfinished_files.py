"""Deletes files that processes write and delete themselves, where one was killed in between."""

import stat
from contextlib import suppress

from resources.home import Home

DAY_S = 86_400.0


def prune_unfinished(home: Home, now: float) -> int:
    """Delete files of uploads and of mirroring that were last changed a day before `now`; return how many.

    `now` is in Unix seconds. Neither takes longer than minutes; links and folders are left alone.
    """
    deleted = 0
    for folder in (home.root / "uploads", home.mlflow / "waiting"):
        if folder.is_symlink() or folder.parent.is_symlink() or not folder.is_dir():
            continue
        for path in folder.iterdir():
            with suppress(OSError):  # the others go on; tried again the next night
                found = path.lstat()
                if stat.S_ISREG(found.st_mode) and max(found.st_mtime, found.st_ctime) < now - DAY_S:
                    path.unlink()
                    deleted += 1
    return deleted
