"""Releases notices whose time has come: decided on anew, a slot committed before each call, its outcome after."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from contracts.modules.profile import Channel
from contracts.modules.sealing import Erased, Unreadable, UserSealer
from kit.sql.store import Store
from services.notifier.channels.sender import HandOver, Notice, Sender, SendOutcome
from services.notifier.delivery import slots
from services.notifier.people import person_of, stored_person
from services.notifier.requests import said_of
from services.notifier.tables import DELIVERIES, NOTICES
from services.notifier.timing.decision import Decision, DueNotice, Verdict, decide

BATCH = 100
UNREADABLE = (Erased, Unreadable, msgspec.DecodeError)
Addresses = Callable[[sa.Connection, str, Channel], Sequence[str]]
"""Where a user is reached by a channel, in the transaction under way: none, or some."""
WORST_FIRST = (SendOutcome.REFUSED, SendOutcome.LATER, SendOutcome.UNKNOWN, SendOutcome.DELIVERED)
"""Of several addresses of a channel the last of these is what became of the notice."""
_DUE = (
    sa.select(NOTICES)
    .where(NOTICES.c.state == "waiting", NOTICES.c.release_at <= sa.bindparam("now"))
    .order_by(NOTICES.c.release_at, NOTICES.c.id)
    .limit(BATCH)
)


class Claimed(msgspec.Struct, frozen=True):
    """A hand-over whose slot is committed."""

    notice: Notice
    channel: Channel
    attempt: int
    addresses: Sequence[str]


class Release:
    """What the worker does; two at a time hand nothing over twice. `senders` is empty where nothing is sent."""

    def __init__(
        self,
        store: Store,
        sealer: UserSealer,
        clock: Callable[[], float],
        *,
        senders: Mapping[Channel, Sender] | None = None,
        addresses: Addresses = lambda *_: (),
        jitter_s: float = 0.0,
    ) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock
        self._senders, self._addresses, self._jitter_s = senders or {}, addresses, jitter_s

    def step(self) -> bool:
        """Release what is due, or hold it further, and hand over what is sent; return whether there was anything."""
        now = self._clock()
        with self._store.reading() as connection:
            if connection.execute(_DUE, {"now": now}).first() is None and not self._interrupted(connection, now):
                return False
        with self._store.writing() as connection:
            slots.give_up_interrupted(connection, now)
            due = connection.execute(_DUE, {"now": now}).all()
            claimed = [each for row in due if (each := self._decided(connection, row, now)) is not None]
        if claimed:
            asyncio.run(self._hand_over(claimed))
        return bool(due)

    def _interrupted(self, connection: sa.Connection, now: float) -> bool:
        return connection.execute(sa.select(DELIVERIES.c.notice).where(slots.interrupted(now))).first() is not None

    def _decided(self, connection: sa.Connection, row: Any, now: float) -> Claimed | None:
        """Write down what becomes of a notice; return the hand-over where it is sent.

        One that cannot be opened, as after its user was erased, is left at that and stops no other.
        """
        try:
            said, person = said_of(self._sealer, row), person_of(stored_person(connection, self._sealer, row.user))
        except UNREADABLE:
            unreadable = {"state": "unreadable", "code": "unreadable"}
            connection.execute(NOTICES.update().where(NOTICES.c.id == row.id).values(unreadable))
            return None
        reached = {each: self._addresses(connection, row.user, each) for each in self._senders}
        without = frozenset(channel for channel in Channel if not reached.get(channel))
        notice = DueNotice(
            id=row.id,
            topic=said.topic,
            critical=row.critical,
            expires_at=row.expires_at,
            tried=slots.tried(connection, row.id) | without,
        )
        sent = slots.counted(slots.sent_to(connection, row.user, now), row.topic, said.topic)
        found = decide(notice, person, sent, now, jitter_s=self._jitter_s)
        connection.execute(NOTICES.update().where(NOTICES.c.id == row.id).values(_written(row, found, now)))
        if found.verdict is not Verdict.SEND or found.channel is None:
            return None
        attempt = slots.claim(connection, row, found.channel, now)
        handed = Notice(
            id=row.id,
            topic=said.topic,
            title=said.title,
            text=said.text,
            path=said.link or "/",
            ttl_s=int(row.expires_at - now),
            urgency="high" if row.critical else "normal",
        )
        return Claimed(handed, found.channel, attempt, reached[found.channel])

    async def _hand_over(self, claimed: Sequence[Claimed]) -> None:
        """Call every channel at the same time; each outcome is written when it is there."""
        await asyncio.gather(*(self._one(each) for each in claimed))

    async def _one(self, each: Claimed) -> None:
        sender = self._senders[each.channel]
        done = [await sender.send(each.notice, address) for address in each.addresses]
        await asyncio.to_thread(self._settled, each, max(done, key=lambda one: WORST_FIRST.index(one.outcome)))

    def _settled(self, each: Claimed, done: HandOver) -> None:
        with self._store.writing() as connection:
            slots.settle(connection, each.notice.id, each.channel, each.attempt, done, self._clock())


def _written(row: Any, found: Decision, now: float) -> dict[str, Any]:
    """The columns of a notice after a decision; it arrives in the app when it is released, and only once."""
    holds = [[hold.code, hold.until] for hold in found.holds]
    written: dict[str, Any] = {"code": found.code, "holds": holds}
    if found.verdict is Verdict.HOLD:
        return written | {"release_at": found.at, "code": found.holds[0].code}
    if found.verdict is Verdict.DROP:
        return written | {"state": found.code}
    written |= {"arrived_at": now if row.arrived_at is None else row.arrived_at, "holds": row.holds or holds}
    return written | {"state": "sending" if found.verdict is Verdict.SEND else "settled"}
