"""What happened to an experiment, as its stored records have it; each has a key that no other has."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from contracts.modules.events import Payload
from contracts.payloads import LeaderboardPublishedV1
from kit.times import unix_seconds
from resources.home import Home
from resources.lake.leaderboards import BOARDS, publications


@dataclass(frozen=True)
class Occurrence:
    """Something that happened at `at`, in Unix seconds, and what is said of it."""

    key: str
    at: float
    data: Payload


@dataclass(frozen=True)
class OccurrenceSource:
    """A kind of occurrence: the key of a value that changes with each, and how they are read from the home."""

    changes: Callable[[Home, str], str]
    read: Callable[[Home, str], Iterator[Occurrence]]


def publications_of(home: Home, name: str) -> Iterator[Occurrence]:
    """Yield the publications of an experiment's leaderboard, oldest first; raise LakeBroken."""
    for each in publications(home, name):
        with suppress(ValueError):
            said = LeaderboardPublishedV1(experiment=name, data_hash=each.data_hash, published_at=each.at)
            yield Occurrence(f"leaderboard {name} {each.at} {each.data_hash}", unix_seconds(each.at), said)


def publications_manifest(home: Home, name: str) -> str:
    """Return the key of the value that each publication changes."""
    return home.key(name, BOARDS, "manifest.json")


SOURCES: Sequence[OccurrenceSource] = (OccurrenceSource(publications_manifest, publications_of),)
