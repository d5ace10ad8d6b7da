"""Reads a judge's export folder item by item: where each line starts is kept, the texts stay on the disk."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

KEPT = 16


class _ItemLine(msgspec.Struct, gc=False):
    item: str


class ItemLine(msgspec.Struct, frozen=True):
    """One line of items.jsonl: nothing in it says who wrote the tip."""

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
        with self._path.open("rb") as file:
            for line in file:
                self.items.append(decoder.decode(line).item)
                self._offsets.append(offset)
                offset += len(line)
        self.places = {item: place for place, item in enumerate(self.items)}

    def lines(self, places: Sequence[int]) -> list[ItemLine]:
        """The lines at these places, from 0."""
        decoder, found = msgspec.json.Decoder(ItemLine), []
        with self._path.open("rb") as file:
            for place in places:
                file.seek(self._offsets[place])
                found.append(decoder.decode(file.readline()))
        return found


class Folders:
    """The folders read last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, ExportPages] = OrderedDict()
        self._lock = Lock()

    def of(self, folder: Path) -> ExportPages:
        """The pages of a folder; FileNotFoundError when it is gone."""
        with self._lock:
            pages = self._kept.pop(folder, None) or ExportPages(folder)
            self._kept[folder] = pages
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return pages
