"""A version of an experiment that is cheap to read, and values cached for as long as their version holds."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from resources.home import Home

Value = TypeVar("Value")
WATCHED = ("spec.json", "records.jsonl", "tracking.json")
DATASETS = ("candidates", "items", "scores", "leaderboards")
MOST = 10_000


def version_of(home: Home, name: str) -> str:
    """Return 16 hex digits that change with the pin, records, runs, datasets and exports of an experiment."""
    return _version(_watched(home, name))


def pin_version(home: Home, name: str) -> str:
    """Return 16 hex digits that change with the pin and its amendments, which are records."""
    return _version(home.experiment(name) / file for file in WATCHED[:2])


def _version(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        digest.update(f"{path.name}|{path.parent.name}|{stat.st_mtime_ns}|{stat.st_size}|{stat.st_ino};".encode())
    return digest.hexdigest()[:16]


def _watched(home: Home, name: str) -> Iterator[Path]:
    folder = home.experiment(name)
    yield from (folder / file for file in WATCHED)
    yield from (folder / dataset / "manifest.json" for dataset in DATASETS)
    yield from sorted((folder / "runs").glob("*.json"))
    yield from sorted((home.root / "exports" / name).glob("*"))


class VersionedCache(Generic[Value]):
    """Caches one value per key, for the version it was made of; at most 10,000, then the oldest is dropped."""

    def __init__(self) -> None:
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
                if len(self._entries) > MOST:
                    del self._entries[next(iter(self._entries))]
        return value
