"""Score files that wait to be imported: values of the store, whose keys hold when each arrived, which is its rank."""

import errno
import re
from typing import NamedTuple

from core.benchmark.names import experiment_name
from kit.times import unix_seconds
from resources.home import Home
from resources.judging.importer import Rejected
from resources.storage.values import sha256_value

NAMED = re.compile(r"(\d{20})-([^/]+)")
UPLOADED = re.compile(r"[0-9a-f]{12}-upload\.(jsonl|csv)")
NS = 1_000_000_000
LATEST = 10**20 - 1


class Arrival(NamedTuple):
    """A score file that waits: its key, its rank in nanoseconds since 1970, and its name."""

    key: str
    rank: int
    name: str

    @property
    def is_upload(self) -> bool:
        """Return whether it came by an upload link, from a judge: it is kept as the lines of its answers alone."""
        return UPLOADED.fullmatch(self.name) is not None


def arrivals(home: Home, name: str) -> list[Arrival]:
    """Return the score files that wait, in the order in which they count: of two answers the later one's is in force.

    What is received while this looks may be missing.
    """
    folder = _key(name, "received")
    matches = (NAMED.fullmatch(entry) for entry in home.storage.blobs.list(folder))
    return [Arrival(f"{folder}/{found[0]}", int(found[1]), found[2]) for found in matches if found is not None]


def receive(home: Home, name: str, file: str, data: bytes, at: str) -> Arrival:
    """Store a score file that arrived at a time (ISO 8601); return it, also where it waits already.

    Of two that arrived at one moment the one that is received later ranks later.
    """
    waiting = arrivals(home, name)
    for known in waiting:
        if known.name == file and home.storage.blobs.get(known.key) == data:
            return known
    made = arrival(name, file, round(unix_seconds(at) * NS), waiting)
    home.storage.blobs.put(made.key, data)
    return made


def receive_stored(home: Home, name: str, file: str, key: str, at: float) -> None:
    """Let the value of a key wait as a score file that arrived at Unix seconds, unless one of its name waits already.

    The name says which bytes it has. Raise FileNotFoundError where the value is there no more, as when whoever sent it
    was waited for too long: then nothing was received.
    """
    waiting = arrivals(home, name)
    if any(known.name == file for known in waiting):
        return
    if not home.storage.blobs.move(key, arrival(name, file, round(at * NS), waiting).key):
        raise FileNotFoundError(errno.ENOENT, "the received file is there no more", key)


def arrival(name: str, file: str, rank: int, waiting: list[Arrival]) -> Arrival:
    """Return the arrival of a file at a rank, or at the next one that none of those `waiting` has."""
    taken = {known.rank for known in waiting}
    rank = min(max(rank, 0), LATEST)
    while rank in taken:
        rank += 1
    return Arrival(_key(name, "received", f"{rank:020d}-{file}"), rank, file)


def rejected_at_once(home: Home, name: str, file: str, data: bytes, rejected: Rejected) -> None:
    """Store a file that is rejected before it waits, with its report."""
    stored = _key(name, "rejected", file)
    home.storage.blobs.put(stored, data)
    _report(home, stored, rejected)


def settle_accepted(home: Home, name: str, file: Arrival, lines: bytes | None = None) -> None:
    """Give an imported file its place below `imported`; with `lines` these are kept in its place."""
    if lines is None:
        _move(home, name, file, "imported")
        return
    stem = file.name.rpartition(".")[0]
    home.storage.blobs.put(_key(name, "imported", f"{stem}.jsonl"), lines)
    home.storage.blobs.delete(file.key)


def settle_rejected(home: Home, name: str, file: Arrival, rejected: Rejected) -> str:
    """Give a rejected file its place below `rejected`, with a report next to it; return the report's key."""
    return _report(home, _move(home, name, file, "rejected"), rejected)


def is_imported(home: Home, name: str, file: str) -> bool:
    """Return whether a file of this name was imported, and lies there still."""
    return home.storage.blobs.size(_key(name, "imported", file)) is not None


def report_key(name: str, file: str) -> str:
    """Return the key of the report on a rejected file."""
    return f"{_key(name, 'rejected', file)}.report.txt"


def _key(name: str, *parts: str) -> str:
    return "/".join(("inbox", experiment_name(name), *parts))


def _report(home: Home, stored: str, rejected: Rejected) -> str:
    key = f"{stored}.report.txt"
    said = f"{rejected}\n\nCorrect the file and import it again; nothing of it was taken.\n"
    home.storage.blobs.put(key, said.encode())
    return key


def _move(home: Home, name: str, file: Arrival, folder: str) -> str:
    """Move a file below `folder` and return its key; a file of the same name and other bytes stays there."""
    blobs, target = home.storage.blobs, _key(name, folder, file.name)
    if (there := sha256_value(blobs, target)) is not None:
        digest = sha256_value(blobs, file.key)  # of a file that is too large to be read at once, too
        if digest is not None and digest != there:
            target = _key(name, folder, f"{digest[:12]}-{file.name}")
    blobs.move(file.key, target)
    return target
