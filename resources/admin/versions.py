"""A version of an experiment that is cheap to read, and values cached for as long as their version holds."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from core.canonical import content_hash
from resources.home import Home
from resources.lake.runs import FOLDER as RUNS

Value = TypeVar("Value")
WATCHED = ("spec.json", "records.jsonl", "tracking.json")
DATASETS = ("candidates", "items", "scores", "leaderboards")
MOST = 10_000


def version_of(home: Home, name: str) -> str:
    """Return 16 hex digits that change with the pin, records, runs, datasets and exports of an experiment."""
    blobs, runs, exports = home.storage.blobs, home.key(name, RUNS), f"exports/{name}"
    keys = [home.key(name, file) for file in WATCHED]
    keys += [home.key(name, dataset, "manifest.json") for dataset in DATASETS]
    keys += [f"{runs}/{file}" for file in blobs.list(runs) if not file.endswith("/")]
    numbers = [(judge, blobs.list(f"{exports}/{judge.rstrip('/')}")) for judge in blobs.list(exports)]
    return _hash_of(home, keys, numbers)


def pin_version(home: Home, name: str) -> str:
    """Return 16 hex digits that change with the pin and its amendments, which are records."""
    return _hash_of(home, [home.key(name, file) for file in WATCHED[:2]])


def _hash_of(home: Home, keys: list[str], more: object = None) -> str:
    return content_hash((list(zip(keys, home.storage.blobs.tags(keys), strict=True)), more))[:16]


class VersionedCache(Generic[Value]):
    """Caches one value per key, for the version it was made of; at most `most`, then the oldest is dropped."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[str, Value]] = {}

    def get(
        self, key: str, version: str, make: Callable[[], Value], keep: Callable[[Value], bool] = lambda _: True
    ) -> Value:
        """Return the cached value of that version, else the value that `make` gives, cached if `keep` accepts it."""
        with self._lock:
            found = self._entries.get(key)
        if found is not None and found[0] == version:
            return found[1]
        value = make()
        if keep(value):
            with self._lock:
                self._entries.pop(key, None)
                self._entries[key] = (version, value)
                if len(self._entries) > self._most:
                    del self._entries[next(iter(self._entries))]
        return value
