"""The inbox: a consumer's effect and the note that it was had, in one transaction; what fails waits or is dead."""

import logging
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.broker import BrokerMessage
from contracts.modules.events import Consumer, ConsumerOfMany, Event
from contracts.modules.sealing import Erased, Unreadable
from services.events.envelope import Codec, UnknownType, family_of
from services.events.retry_backoff import DEFAULT, RetryBackoff, is_due
from services.events.tables import DEAD, INBOX

logger = logging.getLogger(__name__)
Opened = dict[str, Event]
"""Events by id that were decoded in the transaction under way."""
HOPELESS = (UnknownType, Unreadable, msgspec.DecodeError, msgspec.ValidationError)
"""What another try cannot mend; a newer program may, so these can be driven again too."""


class Inbox:
    """One consumer's inbox. Its methods run in a transaction that the caller began and that no other has at a time."""

    def __init__(self, consumer: Consumer, codec: Codec, backoff: RetryBackoff = DEFAULT) -> None:
        self.consumer, self.backoff, self._codec = consumer, backoff, codec
        self._takes = tuple(consumer.takes)
        self._families = {family_of(taken.type) for taken in self._takes}

    def absorb(
        self, connection: sa.Connection, messages: Sequence[BrokerMessage], now: float, opened: Opened | None = None
    ) -> int:
        """Handle in order what is taken and not in the inbox yet; how many were. Every message is settled after it.

        Settled is done, waiting or dead. An event waits unhandled behind a waiting one of the same user. `opened` is
        shared by the inboxes that are given the same messages in one transaction.
        """
        opened = {} if opened is None else opened
        mine = [message for message in messages if family_of(message.type) in self._families]
        unseen = self._unseen(connection, mine)
        if not unseen:
            return 0
        blocked = self._blocked(connection)
        if blocked or not self._all_at_once(connection, unseen, now, opened):
            for message in unseen:
                self._one(connection, message, blocked, now)
        return len(unseen)

    def retry(self, connection: sa.Connection, now: float, limit: int = 100) -> int:
        """Try again what is due, for each user the oldest; how many were tried."""
        due = connection.execute(self._due(now, limit)).all()
        for row in due:
            message = BrokerMessage(row.id, row.type, row.body)
            error = self._attempt(connection, [message], {})
            state = self._settled(connection, message, error, row.attempts + 1, now)
            connection.execute(INBOX.update().where(INBOX.c.position == row.position).values(state))
        return len(due)

    def _due(self, now: float, limit: int) -> sa.Select[Any]:
        waiting = sa.and_(INBOX.c.consumer == self.consumer.name, INBOX.c.state == "waiting")
        oldest = (
            sa.select(sa.func.min(INBOX.c.position).label("position"))
            .where(waiting)
            .group_by(sa.func.coalesce(INBOX.c.user, INBOX.c.id))
            .subquery()
        )
        return (
            sa.select(INBOX)
            .where(INBOX.c.position.in_(sa.select(oldest.c.position)), is_due(now, self.backoff.longest_s))
            .order_by(INBOX.c.position)
            .limit(limit)
        )

    def _unseen(self, connection: sa.Connection, messages: Sequence[BrokerMessage]) -> list[BrokerMessage]:
        unique = {message.id: message for message in messages}
        query = sa.select(INBOX.c.id).where(INBOX.c.consumer == self.consumer.name, INBOX.c.id.in_(list(unique)))
        seen = set(connection.execute(query).scalars()) if unique else set()
        return [message for id_, message in unique.items() if id_ not in seen]

    def _blocked(self, connection: sa.Connection) -> set[str]:
        query = sa.select(INBOX.c.user).where(
            INBOX.c.consumer == self.consumer.name, INBOX.c.state == "waiting", INBOX.c.user.is_not(None)
        )
        return set(connection.execute(query.distinct()).scalars())

    def _all_at_once(
        self, connection: sa.Connection, messages: Sequence[BrokerMessage], now: float, opened: Opened
    ) -> bool:
        if self._attempt(connection, messages, opened) is not None:
            return False
        done = {"state": "done", "attempts": 1, "not_before": 0.0, "body": None}
        connection.execute(INBOX.insert(), [self._row(message, now) | done for message in messages])
        return True

    def _one(self, connection: sa.Connection, message: BrokerMessage, blocked: set[str], now: float) -> None:
        row = self._row(message, now)
        if row["user"] in blocked:
            state = {"state": "waiting", "attempts": 0, "not_before": now, "body": message.body}
        else:
            state = self._settled(connection, message, self._attempt(connection, [message], {}), 1, now)
        if state["state"] == "waiting" and row["user"] is not None:
            blocked.add(row["user"])
        connection.execute(INBOX.insert().values(row | state))

    def _attempt(
        self, connection: sa.Connection, messages: Sequence[BrokerMessage], opened: Opened
    ) -> Exception | None:
        try:
            with connection.begin_nested():
                events = [event for message in messages if (event := self._event(message, opened)) is not None]
                if len(events) > 1 and isinstance(self.consumer, ConsumerOfMany):
                    self.consumer.handle_all(connection, events)
                else:
                    for event in events:
                        self.consumer.handle(connection, event)
        except Exception as error:  # whatever a consumer raises means: later again
            if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
                raise
            return error
        return None

    def _event(self, message: BrokerMessage, opened: Opened) -> Event | None:
        """In a version that is taken; None for one of an erased user, for whom nothing is left to be done."""
        try:
            event = opened.get(message.id) or self._codec.decode(message.body)
        except Erased:
            return None
        opened[message.id] = event
        return self._codec.brought_to(event, self._takes)

    def _settled(
        self, connection: sa.Connection, message: BrokerMessage, error: Exception | None, attempts: int, now: float
    ) -> dict[str, Any]:
        if error is None:
            return {"state": "done", "attempts": attempts, "not_before": 0.0, "body": None}
        name = type(error).__name__
        if attempts < self.backoff.attempts and not isinstance(error, HOPELESS):
            logger.info("%s will try %s again after %s", self.consumer.name, message.id, name)
            delay_s = self.backoff.delay_s(attempts)
            return {"state": "waiting", "attempts": attempts, "not_before": now + delay_s, "body": message.body}
        logger.warning("%s gave up on %s after %s", self.consumer.name, message.id, name)
        dead_letter: dict[str, Any] = {
            "consumer": self.consumer.name,
            "id": message.id,
            "type": message.type,
            "body": message.body,
        }
        dead_letter |= {"user": self._user(message), "error": name, "attempts": attempts, "at": now}
        connection.execute(DEAD.insert().values(dead_letter))
        return {"state": "dead", "attempts": attempts, "not_before": 0.0, "body": None}

    def _row(self, message: BrokerMessage, now: float) -> dict[str, Any]:
        row = {"consumer": self.consumer.name, "id": message.id, "type": message.type}
        return row | {"user": self._user(message), "received_at": now}

    def _user(self, message: BrokerMessage) -> str | None:
        try:
            return self._codec.head(message.body).user
        except msgspec.DecodeError:
            return None
