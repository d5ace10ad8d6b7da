"""Releases notices whose time has come: decided on anew, a slot committed before each call, its outcome after."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from contracts.modules.profile import Channel
from contracts.modules.sealing import Erased, Unreadable, UserSealer
from kit.sql.store import Store
from services.notifier.addresses.stored import Address
from services.notifier.channels.sender import HandOver, Notice, Sender, SendOutcome
from services.notifier.delivery import digests, slots
from services.notifier.delivery.due_batch import DueBatch
from services.notifier.delivery.stoppable_calls import NOT_BEGUN, StoppableCalls
from services.notifier.mail_addresses.mail_rules import MailRules
from services.notifier.people import opened_person, person_of
from services.notifier.requests import Said, said_of
from services.notifier.tables import NOTICES
from services.notifier.timing.decision import Decision, DueNotice, Recipient, Verdict, decide, only_by
from services.notifier.timing.digest import complete_at, digest_of, first_with

BATCH = 100
"""Notices that a step looks at."""
UNREADABLE = (Erased, Unreadable, msgspec.DecodeError)
CALLS = 32
"""Calls under way at a time."""
TOGETHER_S = 0.05
"""How long what became of a call waits for that of others, so that one transaction writes it; all of it is unknown if
the process ends meanwhile."""
WORST_FIRST = (SendOutcome.REFUSED, SendOutcome.LATER, SendOutcome.UNKNOWN, SendOutcome.DELIVERED)
"""Of several addresses of a channel the last of these is what became of the notice."""
_DUE = (
    sa.select(NOTICES)
    .where(NOTICES.c.state == "waiting", NOTICES.c.release_at <= sa.bindparam("now"))
    .order_by(NOTICES.c.release_at, NOTICES.c.id)
    .limit(sa.bindparam("batch"))
)


class Addresses(Protocol):
    """Where users are reached, in the transaction under way."""

    def rows_of(self, connection: sa.Connection, users: Sequence[str]) -> Mapping[tuple[str, Channel], Sequence[Any]]:
        """Return the rows of addresses that have not ended, by user and channel."""
        ...

    def opened(self, user: str, rows: Sequence[Any]) -> Sequence[Address]:
        """Return the addresses of such rows; raise Erased."""
        ...

    def end(self, connection: sa.Connection, address: Address, reason: str) -> bool:
        """End an address that will never take anything again, unless it was added anew meanwhile."""
        ...


class Claimed(msgspec.Struct, frozen=True):
    """A hand-over whose slot is committed.

    Where it is taken it is looked at again at `unseen_at`; `others` are the notices that go out with it.
    """

    notice: Notice
    channel: Channel
    attempt: int
    addresses: Sequence[Address]
    unseen_at: float | None
    others: Sequence[str]


class Release:
    """What the worker does; two at a time hand nothing over twice. `senders` is empty where nothing is sent.

    `run` runs a coroutine to its end on the event loop of the senders.
    """

    def __init__(
        self,
        store: Store,
        sealer: UserSealer,
        clock: Callable[[], float],
        *,
        senders: Mapping[Channel, Sender],
        addresses: Addresses,
        mail: MailRules | None = None,
        jitter_s: float = 0.0,
        calls: StoppableCalls | None = None,
        batch: int = BATCH,
        run: Callable[[Coroutine[Any, Any, None]], None] = asyncio.run,
    ) -> None:
        self._store, self._sealer, self._clock = store, sealer, clock
        self._senders, self._addresses, self._jitter_s, self._run = senders, addresses, jitter_s, run
        self._batch = batch
        self._mail, self._calls = mail or MailRules(), calls or StoppableCalls()

    def step(self) -> bool:
        """Release what is due, or hold it further, and hand over what is sent; return whether there was anything."""
        now = self._clock()
        due_now = {"now": now, "batch": self._batch}
        with self._store.reading() as connection:
            if connection.execute(_DUE, due_now).first() is None and not slots.has_interrupted(connection, now):
                return False
        with self._store.writing() as connection:
            slots.give_up_interrupted(connection, now)
            due = connection.execute(_DUE, due_now).all()
            claimed = self._claimed(DueBatch(connection, due, now), due) if due else []
        if claimed:
            self._run(self._hand_over(claimed))
        return bool(due)

    def _claimed(self, batch: DueBatch, due: Sequence[Any]) -> list[Claimed]:
        """Write down what becomes of what is due; return the hand-overs."""
        claimed, together = list[Claimed](), set[str]()
        rows = self._addresses.rows_of(batch.connection, batch.users)
        for row in due:
            each = None if row.id in together else self._decided(batch, row, rows)
            if each is not None:
                claimed.append(each)
                together.update(each.others)
        batch.flush()
        return claimed

    def _decided(
        self,
        batch: DueBatch,
        row: Any,
        addresses: Mapping[tuple[str, Channel], Sequence[Any]],
        stopped: frozenset[Channel] = frozenset(),
    ) -> Claimed | None:
        """Write down what becomes of a notice; return the hand-over where it is sent. By no channel in `stopped`.

        One that cannot be opened, as after its user was erased, is left at that and stops no other.
        """
        now = batch.now
        try:
            said = said_of(self._sealer, row)
            person = person_of(opened_person(self._sealer, row.user, batch.people.get(row.user)))
        except UNREADABLE:
            batch.write(row, {"state": "unreadable", "code": "unreadable"})
            return None
        if said.only is not None:
            person = only_by(person, said.only)
        reached = {
            each: self._addresses.opened(row.user, addresses.get((row.user, each), ())) for each in self._senders
        }
        without = stopped | {channel for channel in Channel if not reached.get(channel)} | batch.tried(row.id)
        notice, group = self._due_notice(batch, row, said, person, without)
        sent = batch.sent(row, said.topic)
        found = decide(notice, person, sent, now, jitter_s=self._jitter_s)
        channel = found.channel if found.verdict is Verdict.SEND else None
        if channel is not None and self._mail.stops(batch.connection, channel, reached[channel]):
            slots.refuse(batch.connection, row, channel, "suppressed", now)
            return self._decided(batch, row, addresses, stopped | {channel})
        batch.write(row, _written(row, found, now))
        if channel is None:
            return None
        attempt, others = batch.claim(row, channel), [each for each in group if each.id != row.id]
        digests.join(batch.connection, row, others, channel, now)
        tried = notice.tried | {channel}
        taken = msgspec.structs.replace(notice, tried=tried, taken_at=now, seen=False, digest_until=0.0)
        later = decide(taken, person, sent, now)
        return Claimed(
            self._mail.linked(self._handed(row, said, group, now), channel, row.user, now),
            channel,
            attempt,
            reached[channel],
            later.at if later.verdict is Verdict.HOLD else None,
            [each.id for each in others],
        )

    def _due_notice(
        self, batch: DueBatch, row: Any, said: Said, person: Recipient, without: frozenset[Channel]
    ) -> tuple[DueNotice, Sequence[Any]]:
        """Return what counts of a notice, and the rows of what would go out with it, itself included."""
        notice = DueNotice(id=row.id, topic=said.topic, critical=row.critical, expires_at=row.expires_at, tried=without)
        if row.arrived_at is not None:
            group = digests.joined(batch.connection, row) if batch.has_others(row.id) else [row]
            seen = any(each.read_at is not None for each in group)
            return msgspec.structs.replace(notice, taken_at=batch.taken_at(row.id), seen=seen), group
        digest = digest_of(person.preferences, said.topic)
        if digest is None or row.critical or row.expires_at <= batch.now:
            return notice, [row]
        batch.flush()
        waiting = digests.collected(batch.connection, row, batch.now)
        until = complete_at(digest, [each.created_at for each in waiting])
        return msgspec.structs.replace(notice, digest_until=until), first_with(waiting, row, digest.most)

    def _handed(self, row: Any, said: Said, group: Sequence[Any], now: float) -> Notice:
        """Return what is handed over; of several the ones that cannot be opened are left out."""
        opened = (said if each.id == row.id else self._said(each) for each in group)
        readable = [each for each in opened if each is not None]
        title, text = digests.said_together(readable)
        return Notice(
            id=row.id,
            topic=said.topic,
            title=title,
            text=text,
            path=(said.link if len(readable) == 1 else None) or "/",
            ttl_s=int(row.expires_at - now),
            urgency="high" if row.critical else "normal",
        )

    def _said(self, row: Any) -> Said | None:
        try:
            return said_of(self._sealer, row)
        except UNREADABLE:
            return None

    async def _hand_over(self, claimed: Sequence[Claimed]) -> None:
        """Call every address at the same time, some at least; what has ended meanwhile is written then."""
        calls, ended = asyncio.Semaphore(CALLS), asyncio.Queue[tuple[Claimed, Sequence[HandOver]]]()
        with self._calls.on_this_loop():
            await asyncio.gather(
                self._write_down(ended, len(claimed)), *(self._one(each, calls, ended) for each in claimed)
            )

    async def _one(self, each: Claimed, calls: asyncio.Semaphore, ended: "asyncio.Queue[Any]") -> None:
        sender = self._senders[each.channel]

        async def called(address: Address) -> HandOver:
            async with calls:
                return await self._calls.call(lambda: sender.send(each.notice, address.text))

        ended.put_nowait((each, await asyncio.gather(*(called(address) for address in each.addresses))))

    async def _write_down(self, ended: "asyncio.Queue[tuple[Claimed, Sequence[HandOver]]]", left: int) -> None:
        """Write what has ended within TOGETHER_S of the first of it: most calls end one by one."""
        while left:
            batch = [await ended.get()]
            with suppress(TimeoutError):
                async with asyncio.timeout(TOGETHER_S):
                    while len(batch) < left:
                        batch.append(await ended.get())
            await asyncio.to_thread(self._settled, batch)
            left -= len(batch)

    def _settled(self, batch: Sequence[tuple[Claimed, Sequence[HandOver]]]) -> None:
        with self._store.writing() as connection:
            ended = [one for each, done in batch if (one := self._ended(connection, each, done)) is not None]
            if ended:
                slots.settle(connection, ended, self._clock())

    def _ended(self, connection: sa.Connection, each: Claimed, done: Sequence[HandOver]) -> slots.EndedCall | None:
        """End addresses that take nothing any more; return what became of the attempt, None for one not begun."""
        for address, one in zip(each.addresses, done, strict=True):
            if one.ends_address:
                self._addresses.end(connection, address, one.reason)
                self._mail.ended(connection, each.channel, address, self._clock())
        outcome = max(done, key=lambda one: WORST_FIRST.index(one.outcome))
        if outcome is NOT_BEGUN:
            slots.put_back(connection, each.notice.id, each.channel, each.attempt, outcome.reason, self._clock())
            return None
        return slots.EndedCall(
            notice=each.notice.id,
            channel=each.channel,
            attempt=each.attempt,
            done=outcome,
            unseen_at=each.unseen_at,
            others=each.others,
        )


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
