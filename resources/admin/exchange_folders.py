"""The folders in which people and agents take items and leave answers: whether one experiment's hold any file."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from resources.home import Home


def filled(home: Home, name: str) -> Iterator[str]:
    """Yield the folders of an experiment, below the home, that hold a file, be it one that somebody put there."""
    for folder in _folders(home, name):
        if any(path.is_file() for path in folder.rglob("*")):
            yield str(folder.relative_to(home.root))


def remove_empty(home: Home, name: str) -> None:
    """Remove an experiment's folders of folders that hold no file; one to which a file came meanwhile stays."""
    for folder in _folders(home, name):
        with suppress(OSError):
            for below in sorted(folder.rglob("*"), reverse=True):
                below.rmdir()
            folder.rmdir()


def _folders(home: Home, name: str) -> tuple[Path, Path]:
    return home.root / "exports" / name, home.inbox(name)
