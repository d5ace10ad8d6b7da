"""Idempotency keys of launches: a row before the launch, its run after it, so that a retry launches nothing twice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from contracts.refusals import Conflict, InProgress, InvalidInput
from core.canonical import content_hash
from kit.sql.sessions import reading
from kit.times import iso, unix_seconds
from resources.sql.tables import LAUNCHES

RETENTION_S = 7 * 86_400.0
LONGEST = 200


class LaunchKeys:
    """The table of keys, and which of them this process is launching; one process serves a home."""

    def __init__(self, engine: sa.Engine, now: Callable[[], str]) -> None:
        self._engine, self._now = engine, now
        self._lock = threading.Lock()
        self._busy: set[tuple[str, str, str]] = set()

    @contextmanager
    def claim(self, actor: str, op: str, key: str, body_hash: str, experiment: str) -> Iterator["Claim"]:
        """Hold the key while launching; yield its claim.

        Raise InvalidInput for a key that cannot be used, Conflict if it was used with another body, InProgress while
        another thread holds it. The row stays if the block ends well or the process dies; it is deleted if the block
        raises, so that the key may be used again.
        """
        if not 1 <= len(key) <= LONGEST or not key.isprintable():
            raise InvalidInput(f"a key has 1 to {LONGEST} printable characters", ("idempotency_key",))
        place = (actor, op, key)
        with self._lock:
            if place in self._busy:
                raise InProgress("the same key is being launched: ask again in a moment")
            self._busy.add(place)
        try:
            claim = self._claim(place, body_hash, experiment)
            try:
                yield claim
            except BaseException:
                if claim.is_new:
                    self._forget(place)
                raise
        finally:
            with self._lock:
                self._busy.discard(place)

    def _claim(self, place: tuple[str, str, str], body_hash: str, experiment: str) -> "Claim":
        self._prune()
        is_new = self._insert(place, body_hash, experiment)
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(LAUNCHES).where(_is(place))).mappings().one()
        if row["body_hash"] != body_hash:
            raise Conflict("the key was used with other options: take a new key", ("idempotency_key",))
        return Claim(self._engine, place, row["run_id"], is_new=is_new)

    def _insert(self, place: tuple[str, str, str], body_hash: str, experiment: str) -> bool:
        actor, op, key = place
        values = {"actor": actor, "op": op, "key": key, "body_hash": body_hash, "experiment": experiment}
        try:
            with self._engine.begin() as connection:
                connection.execute(LAUNCHES.insert().values(**values, state="launching", at=self._now()))
        except IntegrityError:
            return False
        return True

    def _forget(self, place: tuple[str, str, str]) -> None:
        with self._engine.begin() as connection:
            connection.execute(LAUNCHES.delete().where(_is(place), LAUNCHES.c.run_id.is_(None)))

    def _prune(self) -> None:
        oldest = iso(unix_seconds(self._now()) - RETENTION_S)
        with self._engine.begin() as connection:
            connection.execute(LAUNCHES.delete().where(LAUNCHES.c.at < oldest))


class Claim:
    """A held key; `run_id` is the run it launched before, `is_new` is True if the key was not used before."""

    def __init__(self, engine: sa.Engine, place: tuple[str, str, str], run_id: str | None, *, is_new: bool) -> None:
        self._engine, self._place = engine, place
        self.run_id, self.is_new = run_id, is_new

    @property
    def tag(self) -> str:
        """Return the tag of the key's run, by which it is found again after a crash."""
        return content_hash(list(self._place))[:32]

    def launched(self, run_id: str) -> None:
        """Record which run the key launched."""
        with self._engine.begin() as connection:
            connection.execute(LAUNCHES.update().where(_is(self._place)).values(run_id=run_id, state="launched"))


def _is(place: tuple[str, str, str]) -> sa.ColumnElement[bool]:
    actor, op, key = place
    return sa.and_(LAUNCHES.c.actor == actor, LAUNCHES.c.op == op, LAUNCHES.c.key == key)
