"""Publishes an event for each thing that happened in the home, once: event and note that it was go in one transaction.

Commands and Dagster's runs know nothing of the server's database, and need not: what they did is on record in the home.
A server that is down announces at its next start what happened meanwhile, for a week.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from contracts.modules.events import Bus, Event
from kit.regular_files import LinkedFolder
from kit.sql.sessions import reading
from kit.times import iso
from resources.announcements.occurrences import SOURCES, Occurrence, OccurrenceSource
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.sql.tables import ANNOUNCED

WINDOW_S = 7 * 86_400.0
"""What happened longer ago is not announced any more."""
AHEAD_S = 86_400.0
"""How far a writer's clock may be ahead of ours."""
REST = 20.0
"""A look at the home is followed by a rest of so many times what it took."""
AT_ONCE = 500
BEGAN = "began"
"""The row since when this home's server announces anything."""
logger = logging.getLogger(__name__)


class _Changed(NamedTuple):
    """A value that changed: what is read then, and the tag that it has now."""

    key: str
    experiment: str
    source: OccurrenceSource
    tag: str


class Announcer:
    """What the thread of the worker calls, on one home and its database."""

    def __init__(
        self,
        home: Home,
        database: sa.Engine,
        bus: Bus,
        clock: Callable[[], float],
        ids: Callable[[], str],
        pace: Callable[[], float] = time.monotonic,
    ) -> None:
        self._home, self._database, self._bus, self._clock, self._ids = home, database, bus, clock, ids
        self._pace, self._rests_until = pace, 0.0
        self._known: dict[str, str] = {}

    def step(self) -> bool:
        """Publish what happened since the last look; return False, for a look sees all that there is."""
        started = self._pace()
        if started >= self._rests_until:
            self.announce()
            ended = self._pace()
            self._rests_until = ended + REST * (ended - started)
        return False

    def announce(self) -> int:
        """Publish what is new, in the order in which it happened; return how many events."""
        since, now = self._began(), self._clock()
        changed = self._changed()
        sources = dict.fromkeys((look.experiment, look.source) for look in changed)
        found = [each for name, source in sources for each in _read(self._home, name, source)]
        recent = [each for each in found if max(since, now - WINDOW_S) <= each.at <= now + AHEAD_S]
        ordered = sorted(recent, key=lambda each: each.at)
        parts = [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]
        published = sum(self._publish(part, now) for part in parts)
        self._known.update({look.key: look.tag for look in changed})
        return published

    def _changed(self) -> list[_Changed]:
        """Return the values that are others than at the last look; what cannot be looked at is left out."""
        found = list[_Changed]()
        for name in self._home.experiments():
            try:
                found += [look for look in self._looks(name) if self._known.get(look.key) != look.tag]
            except (LinkedFolder, OSError) as error:
                logger.warning("what happened to %s cannot be looked at: %s", name, type(error).__name__)
        return found

    def _looks(self, name: str) -> list[_Changed]:
        watched = [(key, name, source) for source in SOURCES for key in source.changes(self._home, name)]
        tags = self._home.storage.blobs.tags([key for key, _, _ in watched])
        looks = [_Changed(*each, tag) for each, tag in zip(watched, tags, strict=True) if tag is not None]
        marked = [(source, source.marks(self._home, name)) for source in SOURCES]
        return looks + [_Changed(key, name, source, mark) for source, own in marked for key, mark in own.items()]

    def _publish(self, occurrences: Sequence[Occurrence], now: float) -> int:
        ids = {_id_of(each.key): each for each in occurrences}
        with reading(self._database) as connection:
            chosen = sa.select(ANNOUNCED.c.id).where(ANNOUNCED.c.id.in_(list(ids)))
            announced = set(connection.execute(chosen).scalars())
        new = [(id_, each) for id_, each in ids.items() if id_ not in announced]
        for id_, each in new:
            with self._database.begin() as connection:
                connection.execute(ANNOUNCED.insert().values(id=id_, at=now))
                event = Event(id=self._ids(), source="/benchmark", time=iso(each.at), data=each.data)
                self._bus.publish(connection, event)
        return len(new)

    def _began(self) -> float:
        """Return since when things are announced, which is now at the first call on a home."""
        chosen = sa.select(ANNOUNCED.c.at).where(ANNOUNCED.c.id == BEGAN)
        with reading(self._database) as connection:
            began = connection.execute(chosen).scalar()
        if began is None:
            began = self._clock()
            with self._database.begin() as connection:
                connection.execute(ANNOUNCED.insert().values(id=BEGAN, at=began))
        return float(began)


def _read(home: Home, experiment: str, source: OccurrenceSource) -> list[Occurrence]:
    try:
        return list(source.read(home, experiment))
    except (LakeBroken, LinkedFolder):
        logger.warning("what happened to %s cannot be read: its records are damaged", experiment)
        return []


def _id_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
