"""Published leaderboards: one folder per snapshot, named by the hash of its data; a manifest says which is current."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from contracts.storage import Fence, Storage
from core.estimate import ESTIMATOR_VERSION
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow
from resources.home import Home
from resources.lake.broken import LakeBroken, read_value, reading
from resources.lake.lock import WriterBusy, writing
from resources.storage.files import pretty

T = TypeVar("T")
BOARDS = "leaderboards"
NEWEST = 200
"""Publications of an experiment that stay in any case."""
DAY = len("2026-11-29")


class Publication(msgspec.Struct, frozen=True):
    """One snapshot in the order of publication, and the version of the estimator that made it."""

    data_hash: str
    at: str
    estimator: int = 1


def published_key(home: Home, name: str, data_hash: str, file: str) -> str:
    """Return the key of a file of a leaderboard that was published once."""
    return home.key(name, BOARDS, data_hash[:16], file)


class _HistoryManifest(msgspec.Struct, frozen=True):
    current: str
    history: tuple[Publication, ...]


@dataclass(frozen=True)
class PublishedLeaderboard:
    """A snapshot: leaderboard.{json,csv,parquet}, slices.json, notes.json, report.html and plot.svg below `folder`."""

    storage: Storage = field(repr=False)
    folder: str
    data_hash: str
    rows: list[LeaderboardRow]
    estimator: int

    @property
    def provisional(self) -> bool:
        """Return whether any cell is provisional."""
        return any(row.provisional for row in self.rows)

    def key(self, name: str) -> str:
        """Return the key of a file of the snapshot."""
        return f"{self.folder}/{name}"

    def place(self, name: str) -> str:
        """Return where a person finds a file of the snapshot: a path, or the address that its store has for it."""
        return self.storage.datasets.locator(self.key(name)).uri

    def file(self, name: str) -> bytes:
        """Return a file of the snapshot; raise FileNotFoundError without it."""
        data = self.storage.blobs.get(self.key(name))
        if data is None:
            raise FileNotFoundError(self.key(name))
        return data

    def notes(self) -> list[str]:
        """Return what a reader must know of the result, in sentences; empty for a snapshot from before there were any.

        Raise LakeBroken if their file is damaged.
        """
        return read_value(self.storage.blobs, self.key("notes.json"), list[str]) or []

    def slices(self) -> list[SliceRow]:
        """Return the rows by area and by locale; raise LakeBroken if their file is damaged or missing."""
        return _needed(self.storage, self.key("slices.json"), list[SliceRow])


def read_published(home: Home, name: str) -> PublishedLeaderboard | None:
    """Return the current leaderboard, or None before the first publication."""
    manifest = _manifest(home, name)
    return None if manifest is None else _snapshot(home, name, manifest.current, manifest)


def read_snapshot(home: Home, name: str, data_hash: str) -> PublishedLeaderboard:
    """Return a leaderboard that is one of `publications`; raise LakeBroken if its file is missing or damaged."""
    return _snapshot(home, name, data_hash, _manifest(home, name))


def publications(home: Home, name: str) -> tuple[Publication, ...]:
    """Return every publication, oldest first; empty before the first."""
    manifest = _manifest(home, name)
    return manifest.history if manifest else ()


def forget(home: Home, name: str, stays: Sequence[Publication], fence: Fence) -> None:
    """Let the history be `stays`, in which the current publication is; the caller holds the lease by its fence."""
    before = _manifest(home, name)
    if before is not None and before.history != tuple(stays):
        _switch(home, name, _HistoryManifest(before.current, tuple(stays)), fence)


def publish(
    home: Home,
    name: str,
    data_hash: str,
    at: str,
    files: Mapping[str, bytes],
    fence: Fence,
    *,
    estimator: int = ESTIMATOR_VERSION,
) -> PublishedLeaderboard:
    """Store the files of a snapshot, make it current and return it; the caller holds the lease by its fence.

    Earlier snapshots stay until they are pruned. The same `data_hash` again replaces that snapshot's files, one by one,
    so that a reader, or a kill, never finds it missing, and adds no publication if it is current already.
    """
    for file, data in files.items():
        home.storage.blobs.put(published_key(home, name, data_hash, file), data, fence)
    before = _manifest(home, name)
    if before is None or before.current != data_hash:
        history = (*(before.history if before else ()), Publication(data_hash, at, estimator))
        _switch(home, name, _HistoryManifest(data_hash, history), fence)
    return _snapshot(home, name, data_hash, _manifest(home, name))


def _snapshot(home: Home, name: str, data_hash: str, manifest: _HistoryManifest | None) -> PublishedLeaderboard:
    rows = _needed(home.storage, published_key(home, name, data_hash, "leaderboard.json"), list[LeaderboardRow])
    history = manifest.history if manifest else ()
    estimator = next((entry.estimator for entry in history if entry.data_hash == data_hash), ESTIMATOR_VERSION)
    folder = home.key(name, BOARDS, data_hash[:16])
    return PublishedLeaderboard(home.storage, folder, data_hash, rows, estimator)


def _needed(storage: Storage, key: str, kind: type[T]) -> T:
    """Return a value that a manifest names; raise LakeBroken if it is damaged or missing."""
    with reading(key, FileNotFoundError):
        if (found := read_value(storage.blobs, key, kind)) is None:
            raise FileNotFoundError(key)
        return found


def _manifest(home: Home, name: str) -> _HistoryManifest | None:
    return read_value(home.storage.blobs, home.key(name, BOARDS, "manifest.json"), _HistoryManifest)


def _switch(home: Home, name: str, manifest: _HistoryManifest, fence: Fence) -> None:
    home.storage.blobs.put(home.key(name, BOARDS, "manifest.json"), pretty(manifest), fence)


def lasting(history: Sequence[Publication], newest: int = NEWEST) -> list[Publication]:
    """Return the publications that stay, in order: the newest, the last of each day, and those of older estimators.

    What an older version of the estimator made cannot be made again, and no more of it comes.
    """
    last = {entry.at[:DAY]: place for place, entry in enumerate(history)}
    days, old = set(last.values()), len(history) - newest
    return [
        entry
        for place, entry in enumerate(history)
        if place >= old or place in days or entry.estimator != ESTIMATOR_VERSION
    ]


def prune_boards(home: Home, now: str, newest: int = NEWEST) -> int:
    """Delete superseded leaderboards of all experiments, and what a killed publication left; return how many folders.

    An experiment that is being written at the moment, or whose manifest cannot be read, is left for the next time.
    """
    deleted, blobs = 0, home.storage.blobs
    for name in home.experiments():
        with suppress(WriterBusy, LakeBroken):
            if _outdated(home, name, newest):
                with writing(home, name, purpose="prune", now=now) as fence:
                    stays = lasting(publications(home, name), newest)
                    forget(home, name, stays, fence)  # first, so that no reader is led to a folder that goes
                    deleted += sum(blobs.discard(folder, fence) for folder in _outdated(home, name, newest))
                    blobs.sweep(home.key(name, BOARDS))
    return deleted


def _outdated(home: Home, name: str, newest: int) -> list[str]:
    """Return the folders below an experiment's leaderboards that no lasting publication names."""
    history = publications(home, name)
    named = {entry.data_hash[:16] for entry in lasting(history, newest)}
    folder = home.key(name, BOARDS)
    found = home.storage.blobs.list(folder) if history else ()
    return [f"{folder}/{entry[:-1]}" for entry in found if entry.endswith("/") and entry[:-1] not in named]
