"""Published leaderboards: one folder per snapshot, named by the hash of its data; a manifest says which is current."""

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.estimate import ESTIMATOR_VERSION
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow
from resources.home import Home
from resources.lake.broken import LakeBroken, read_json, reading
from resources.lake.lock import WriterBusy, writing
from resources.storage.files import pretty, sync_folder, write_whole

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
    return home.key(name, "leaderboards", data_hash[:16], file)


class _HistoryManifest(msgspec.Struct, frozen=True):
    current: str
    history: tuple[Publication, ...]


@dataclass(frozen=True)
class PublishedLeaderboard:
    """A snapshot; `folder` holds leaderboard.{json,csv,parquet}, slices.json, notes.json, report.html and plot.svg."""

    folder: Path
    data_hash: str
    rows: list[LeaderboardRow]
    estimator: int

    @property
    def provisional(self) -> bool:
        """Return whether any cell is provisional."""
        return any(row.provisional for row in self.rows)

    def file(self, name: str) -> bytes:
        """Return a file of the snapshot; raise FileNotFoundError without it."""
        return (self.folder / name).read_bytes()

    def notes(self) -> list[str]:
        """Return what a reader must know of the result, in sentences; empty for a snapshot from before there were any.

        Raise LakeBroken if their file is damaged.
        """
        try:
            return read_json(self.folder / "notes.json", list[str])
        except FileNotFoundError:
            return []

    def slices(self) -> list[SliceRow]:
        """Return the rows by area and by locale; raise LakeBroken if their file is damaged."""
        return read_json(self.folder / "slices.json", list[SliceRow])


def read_published(home: Home, name: str) -> PublishedLeaderboard | None:
    """Return the current leaderboard, or None before the first publication."""
    manifest = _manifest(home.experiment(name) / "leaderboards")
    return None if manifest is None else _snapshot(home, name, manifest.current, manifest)


def read_snapshot(home: Home, name: str, data_hash: str) -> PublishedLeaderboard:
    """Return a leaderboard that is one of `publications`; raise LakeBroken if its file is missing or damaged."""
    return _snapshot(home, name, data_hash, _manifest(home.experiment(name) / "leaderboards"))


def publications(home: Home, name: str) -> tuple[Publication, ...]:
    """Return every publication, oldest first; empty before the first."""
    manifest = _manifest(home.experiment(name) / "leaderboards")
    return manifest.history if manifest else ()


def forget(home: Home, name: str, stays: Sequence[Publication]) -> None:
    """Let the history be `stays`, in which the current publication is; the caller holds the writer lock."""
    folder = home.experiment(name) / "leaderboards"
    before = _manifest(folder)
    if before is not None and before.history != tuple(stays):
        write_whole(folder / "manifest.json", pretty(_HistoryManifest(before.current, tuple(stays))))


def publish(home: Home, name: str, data_hash: str, at: str, fill: Callable[[Path], None]) -> PublishedLeaderboard:
    """Let `fill` write the snapshot's files into a new folder, make it current and return it.

    Earlier snapshots stay until they are pruned. The same `data_hash` again replaces that snapshot's files and adds no
    publication if it is current already.
    """
    folder = home.experiment(name) / "leaderboards"
    new = folder / f".{os.getpid()}-{secrets.token_hex(4)}.tmp"
    new.mkdir(parents=True)
    try:
        fill(new)
        final = folder / data_hash[:16]
        if final.exists():  # replaced file by file, so that a reader, or a kill, never finds the snapshot missing
            for path in new.iterdir():
                path.replace(final / path.name)
        else:
            new.rename(final)
        sync_folder(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    before = _manifest(folder)
    if before is None or before.current != data_hash:
        history = (*(before.history if before else ()), Publication(data_hash, at, ESTIMATOR_VERSION))
        write_whole(folder / "manifest.json", pretty(_HistoryManifest(data_hash, history)))
    published = read_published(home, name)
    if published is None:
        raise FileNotFoundError(folder / "manifest.json")
    return published


def _snapshot(home: Home, name: str, data_hash: str, manifest: _HistoryManifest | None) -> PublishedLeaderboard:
    snapshot = home.experiment(name) / "leaderboards" / data_hash[:16]
    with reading(snapshot / "leaderboard.json", FileNotFoundError):
        rows = read_json(snapshot / "leaderboard.json", list[LeaderboardRow])
    history = manifest.history if manifest else ()
    estimator = next((entry.estimator for entry in history if entry.data_hash == data_hash), ESTIMATOR_VERSION)
    return PublishedLeaderboard(snapshot, data_hash, rows, estimator)


def _manifest(folder: Path) -> _HistoryManifest | None:
    try:
        return read_json(folder / "manifest.json", _HistoryManifest)
    except FileNotFoundError:
        return None


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
    deleted = 0
    for name in home.experiments():
        with suppress(WriterBusy, LakeBroken):
            if _outdated(home, name, newest):
                with writing(home, name, purpose="prune", now=now):
                    stays = lasting(publications(home, name), newest)
                    forget(home, name, stays)  # first, so that no reader is led to a folder that goes
                    deleted += sum(_removed(folder) for folder in _outdated(home, name, newest))
    return deleted


def _outdated(home: Home, name: str, newest: int) -> list[Path]:
    """Return the folders below an experiment's leaderboards that no lasting publication names."""
    history = publications(home, name)
    named = {entry.data_hash[:16] for entry in lasting(history, newest)}
    folders = (home.experiment(name) / "leaderboards").glob("*") if history else ()
    return [path for path in folders if path.name not in named and path.is_dir() and not path.is_symlink()]


def _removed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
