"""The exports of an experiment that there are, as whoever waits for them sees them: each is there in one rename."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kit.regular_files import FileTooLarge, LinkedFolder, NotAFile, read_regular
from resources.home import Home
from resources.judging.exports import LARGEST_MANIFEST


class _CountedManifest(msgspec.Struct):
    items: int


@dataclass(frozen=True)
class ExportMade:
    """A folder of items for a judge; `at` is when its manifest was written, in Unix seconds."""

    judge: str
    number: int
    items: int
    at: float


def export_marks(home: Home, name: str) -> Mapping[str, str]:
    """Return by judge's folder a mark that changes with each export made in it."""
    return {str(folder): str(folder.stat().st_mtime_ns) for folder in _judges(home, name)}


def exports_made(home: Home, name: str) -> Iterator[ExportMade]:
    """Yield all exports that can be read, by judge and number."""
    for judge in _judges(home, name):
        numbered = [path for path in judge.iterdir() if path.name.isdecimal() and path.is_dir()]
        for folder in sorted(numbered, key=lambda path: int(path.name)):
            with suppress(OSError, NotAFile, FileTooLarge, msgspec.DecodeError, UnicodeDecodeError):
                file = folder / "manifest.json"
                found = msgspec.json.decode(
                    read_regular(file, LARGEST_MANIFEST, ("folder",), links=False), type=_CountedManifest
                )
                yield ExportMade(judge.name, int(folder.name), found.items, file.stat().st_mtime)


def _judges(home: Home, name: str) -> Iterator[Path]:
    """Yield the folders of judges, none of which is a link."""
    root = home.root / "exports" / name
    names = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    for judge in names:
        with suppress(LinkedFolder, ValueError):
            yield home.exports(name, judge)
