"""Reads a judge's export folder item by item: the offsets of lines are in memory, the texts stay on disk."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from kit.regular_files import open_regular

CACHED = 16


class _ItemLine(msgspec.Struct, gc=False):
    item: str


class ItemLine(msgspec.Struct, frozen=True):
    """One line of items.jsonl, in which nothing says who wrote the tip."""

    item: str
    scenario: dict[str, Any]
    tip: str


class ExportPages:
    """The items of one folder, which never changes, in the judge's order."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "items.jsonl"
        self.items: list[str] = []
        self._offsets: list[int] = []
        decoder, offset = msgspec.json.Decoder(_ItemLine), 0
        with open_regular(self._path, ("folder",), links=False) as file:
            for line in file:
                self.items.append(decoder.decode(line).item)
                self._offsets.append(offset)
                offset += len(line)
        self.places = {item: place for place, item in enumerate(self.items)}

    def lines(self, places: Sequence[int]) -> list[ItemLine]:
        """Return the lines at these places, which count from 0."""
        decoder, found = msgspec.json.Decoder(ItemLine), []
        with open_regular(self._path, ("folder",), links=False) as file:
            for place in places:
                file.seek(self._offsets[place])
                found.append(decoder.decode(file.readline()))
        return found


class Folders:
    """A cache of the export folders used last."""

    def __init__(self) -> None:
        self._cache: OrderedDict[Path, ExportPages] = OrderedDict()
        self._lock = Lock()

    def of(self, folder: Path) -> ExportPages:
        """Return the pages of a folder; raise FileNotFoundError if it is missing."""
        with self._lock:
            pages = self._cache.pop(folder, None) or ExportPages(folder)
            self._cache[folder] = pages
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
            return pages
