"""Looks at who may read a home, and takes it back from everybody but its owner."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kit.private_files import OTHERS
from resources.home import Home


def open_to_others(home: Home) -> Iterator[tuple[Path, int]]:
    """Yield what others than the owner may read, write or enter, with its mode: the home itself, then what is below.

    The home may be a link, which is followed; links below it are neither followed nor looked at.
    """
    with suppress(FileNotFoundError):
        if (mode := stat.S_IMODE(home.root.stat().st_mode)) & OTHERS:
            yield home.root, mode
    for folder, folders, files in os.walk(home.root):
        for name in sorted(folders + files):
            path = Path(folder) / name
            with suppress(FileNotFoundError):  # deleted meanwhile
                found = path.lstat().st_mode
                if not stat.S_ISLNK(found) and found & OTHERS:
                    yield path, stat.S_IMODE(found)


def tighten(home: Home) -> str | None:
    """Make an older home its owner's alone and return one sentence that says so; None where nothing was to do.

    Only a folder that is marked as a home is changed, or an empty one, of which nothing is said. What belongs to
    another account stays as it is.
    """
    try:
        found = home.root.stat()
        if not stat.S_IMODE(found.st_mode) & OTHERS or found.st_uid != os.geteuid():
            return None
        if not (home.root / "home.json").exists():
            if not any(home.root.iterdir()):
                home.root.chmod(0o700)
            return None
        home.root.chmod(0o700)  # first, so that nobody else reaches what is below
    except OSError:
        return None  # what is wrong with the home is said by whoever needs it
    below = 0
    for path, mode in open_to_others(home):
        with suppress(OSError):
            path.chmod(mode & ~OTHERS)
            below += 1
    return f"other accounts could enter {home.root}: it and {below} files and folders below are its owner's alone now"
