"""Responses stored under an Idempotency-Key, sealed for the user, for a day."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from contracts.modules.retention import Data, Record, TableRetention
from contracts.modules.sealing import Erased, Sealer, Unreadable
from contracts.refusals import Conflict, InProgress, Refusal, Unavailable
from kit.sealed import SealedColumn
from kit.sql.retention import delete_of_user, delete_some, table_retention
from kit.sql.store import AWAY
from kit.times import iso
from services.gateway.tables import REPLIES

RETENTION_S = 86_400.0
MOST_KEYS = 1_000
"""Keys of one user that are kept at a time; whoever needs more in a day sends requests without one."""
BUSY_S = 180.0
"""After this a request that never ended, such as one of a killed process, no longer holds its key."""


class StoredResponse(msgspec.Struct, frozen=True):
    """A response as it was sent; header values are ASCII."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


ANSWER = SealedColumn("gateway_replies ", StoredResponse)


class IdempotencyStore:
    """The table of stored responses; calls block, `clock` gives Unix seconds."""

    name = "gateway"

    def __init__(self, engine: sa.Engine, sealer: Sealer, clock: Callable[[], float]) -> None:
        self._engine, self._sealer, self._clock = engine, sealer, clock

    def claim(self, user: str, route: str, key: str, body_hash: str) -> StoredResponse | None:
        """Return the response stored under a key, None if the caller holds the key now and must answer.

        Raise Conflict for a key used with another body, InProgress while its first request runs, Unavailable, a
        Refusal for a new key of a user who has `MOST_KEYS`.
        """
        place = (user, route, _digest(key))
        try:
            row = self._found_or_made(place, body_hash)
        except IntegrityError:  # another process made it since we looked
            row = self._found_or_made(place, body_hash)
        except AWAY:
            raise Unavailable("the database is away: nothing was done, ask again with the same key") from None
        if row is None:
            return None
        if row.body_hash != body_hash:
            raise Conflict("the key was used with another request: take a new key")
        if row.answer is None:
            raise InProgress("the same request is under way: ask again in a moment")
        return self._open(place, row.answer)

    def keep(self, user: str, route: str, key: str, reply: StoredResponse) -> None:
        """Store the response for repeats of the request; nothing is stored for a user erased meanwhile."""
        place = (user, route, _digest(key))
        try:
            sealed = ANSWER.seal(self._sealer, user, _row(place), reply)
        except Erased:
            self.free(user, route, key)
            return
        with self._engine.begin() as connection:
            connection.execute(REPLIES.update().where(_is(place)).values(answer=sealed))

    def free(self, user: str, route: str, key: str) -> None:
        """Delete the key of a request that had no effect, so that it may be used again."""
        with self._engine.begin() as connection:
            connection.execute(REPLIES.delete().where(_is((user, route, _digest(key)))))

    def tables(self) -> list[TableRetention]:
        """Return the retention of the table; see contracts.modules.retention.RetentionPolicy."""
        columns = dict.fromkeys(("route", "at"), Data.PLAIN) | {"user": Data.USER, "answer": Data.SEALED}
        return [
            table_retention(
                REPLIES,
                columns=columns | dict.fromkeys(("key_hash", "body_hash"), Data.SECRET),
                rule="24 hours after the request",
                prune=_prune,
                export=self._export,
                erase=delete_of_user(REPLIES),
            )
        ]

    def _export(self, connection: sa.Connection, user: str) -> Iterator[Record]:
        for row in connection.execute(sa.select(REPLIES).where(REPLIES.c.user == user)):
            place = (row.user, row.route, row.key_hash)
            at = iso(row.at, "auto")
            yield {"route": row.route, "at": at, "answer": row.answer and self._shown(place, row.answer)}

    def _shown(self, place: tuple[str, str, str], answer: bytes) -> str | None:
        try:
            return self._open(place, answer).body.decode("utf-8", "replace")
        except Conflict:  # its key is gone: the export says so and goes on
            return None

    def _open(self, place: tuple[str, str, str], answer: bytes) -> StoredResponse:
        try:
            return ANSWER.open(self._sealer, place[0], _row(place), answer)
        except (Erased, Unreadable):
            raise Conflict("what was answered under the key can no longer be read: take a new key") from None

    def _found_or_made(self, place: tuple[str, str, str], body_hash: str) -> sa.Row[Any] | None:
        """The row that is there, None when it was made now; one that is too old is made anew."""
        user, route, key_hash = place
        now = self._clock()
        never_ended = sa.and_(REPLIES.c.answer.is_(None), REPLIES.c.at < now - BUSY_S)
        with self._engine.begin() as connection:
            connection.execute(
                REPLIES.delete().where(_is(place), sa.or_(REPLIES.c.at < now - RETENTION_S, never_ended))
            )
            found = connection.execute(sa.select(REPLIES).where(_is(place))).first()
            if found is None:
                stored = sa.select(sa.func.count()).select_from(REPLIES).where(REPLIES.c.user == user)
                if connection.execute(stored).scalar_one() >= MOST_KEYS:
                    raise Refusal(f"{MOST_KEYS} keys are kept, which is the most for a day", code="RATE_LIMITED")
                values = {"user": user, "route": route, "key_hash": key_hash, "body_hash": body_hash, "at": now}
                connection.execute(REPLIES.insert().values(values))
        return found


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _is(place: tuple[str, str, str]) -> sa.ColumnElement[bool]:
    user, route, key_hash = place
    return sa.and_(REPLIES.c.user == user, REPLIES.c.route == route, REPLIES.c.key_hash == key_hash)


def _row(place: tuple[str, str, str]) -> str:
    return f"{place[1]} {place[2]}"


def _prune(connection: sa.Connection, now: float) -> int:
    return delete_some(connection, REPLIES, REPLIES.c.at < now - RETENTION_S)
