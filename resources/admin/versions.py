"""A version of an experiment that is cheap to ask, and values remembered for as long as their version holds."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from resources.home import Home

Value = TypeVar("Value")
WATCHED = ("spec.json", "records.jsonl", "tracking.json")
DATASETS = ("candidates", "items", "scores", "leaderboards")
MOST = 10_000


def version_of(home: Home, name: str) -> str:
    """16 hex digits that change with the pin, the records, runs, datasets and exports of an experiment."""
    digest = hashlib.sha256()
    for path in _watched(home, name):
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
    """One value a key, for the version it was made of; at most 10,000, then the oldest goes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[str, Value]] = {}

    def get(
        self, key: str, version: str, make: Callable[[], Value], keep: Callable[[Value], bool] = lambda _: True
    ) -> Value:
        """The remembered value, or a fresh one; only what `keep` accepts is remembered."""
        with self._lock:
            found = self._kept.get(key)
        if found is not None and found[0] == version:
            return found[1]
        value = make()
        if keep(value):
            with self._lock:
                self._kept.pop(key, None)
                self._kept[key] = (version, value)
                if len(self._kept) > MOST:
                    del self._kept[next(iter(self._kept))]
        return value
