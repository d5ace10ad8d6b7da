"""Finds a published leaderboard by what people call it, and its files as they are downloaded."""

from datetime import datetime

from contracts.benchmark.experiments import PublishedBytes, PublishedFile
from contracts.refusals import NotFound
from resources.home import Home
from resources.lake.leaderboards import publications, read_published, read_snapshot

SHORTEST_HASH = 16
NAMES: dict[PublishedFile, str] = {
    "csv": "leaderboard.csv",
    "parquet": "leaderboard.parquet",
    "html": "report.html",
}


def snapshot_at(home: Home, name: str, at: str) -> str:
    """Return the hash of the stored leaderboard that `at` means: 16 digits or more of it, or a moment.

    Of a moment it is the last one published by then. Raise NotFound if there is none.
    """
    stored = publications(home, name)
    exact = [entry.data_hash for entry in stored if len(at) >= SHORTEST_HASH and entry.data_hash.startswith(at)]
    if exact:
        return exact[-1]
    moment = _moment(at)
    before = [entry.data_hash for entry in stored if moment is not None and datetime.fromisoformat(entry.at) <= moment]
    if not before:
        raise NotFound(f"{name} has no leaderboard {at!r}: snapshots lists the stored ones", ("at",))
    return before[-1]


def published_bytes(home: Home, name: str, file: PublishedFile, at: str | None) -> PublishedBytes:
    """Return a file of the leaderboard in force, or of the stored one that `at` means; raise NotFound without it."""
    found = read_published(home, name) if at is None else read_snapshot(home, name, snapshot_at(home, name, at))
    if found is None:
        raise NotFound(f"{name} has no report: nothing of it has been published yet", ("experiment",))
    try:
        return PublishedBytes(found.data_hash, found.file(NAMES[file]))
    except FileNotFoundError:
        raise NotFound(f"this leaderboard of {name} has no {NAMES[file]}", ("at",)) from None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
