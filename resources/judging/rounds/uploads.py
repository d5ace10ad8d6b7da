"""Upload links: a secret URL that takes one file of scores once, from the user it was made for."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import Event
from typing import Any

import sqlalchemy as sa

from contracts.access.caller import Caller, Role
from contracts.judging import Receipt, UploadLink
from contracts.refusals import InvalidInput, NotFound
from core.benchmark.records import Record, judges_of
from kit.cancellation import cancelled_by
from kit.http.bodies import TooLarge
from kit.sql.sessions import reading
from kit.times import iso
from resources.bench_context import BenchContext
from resources.judging.importer import LARGEST
from resources.judging.receiving.bodies import PIECE, STALE_S, ReceivedBodies, ReceivedBody
from resources.judging.rounds.inbox_writer import InboxWriter
from resources.judging.rounds.preconditions import (
    NO_EXPERIMENT,
    is_judge,
    on_record,
    refuse_closed,
    refuse_unpacked,
    storing,
)
from resources.judging.upload_limits import (
    RETENTION_S,
    UploadPlaces,
    largest_upload,
    refuse_over_quota,
    round_start,
)
from resources.lake.specs import ExperimentState
from resources.sql.tables import UPLOADS

LIFE_S = 15 * 60


class Uploads:
    """Implements contracts.judging.ScoreUploads: the table of upload links, and taking a file through one.

    `clock` gives Unix seconds, `random_bytes(n)` n of them, `still_allowed(actor, role)` returns whether a user may
    still do what a link of that role was made for.
    """

    def __init__(
        self,
        bench: BenchContext,
        engine: sa.Engine,
        *,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        still_allowed: Callable[[str, Role], bool],
    ) -> None:
        self._home, self._engine, self._clock, self._random_bytes = bench.home, engine, clock, random_bytes
        self._still_allowed, self._places = still_allowed, UploadPlaces()
        self._reading = ThreadPoolExecutor(1, "uploads")  # one large file in memory at a time
        self._bodies = ReceivedBodies(bench.home, random_bytes)

    @storing()
    def make(self, experiment: str, judge: str | None, size: int, caller: Caller) -> UploadLink:
        """Return a new link; a caller who is no admin gets one for its own scores only.

        Others' scores and an experiment that the judge has no part in are NotFound, as are unknown ones.

        Raise InvalidInput for a size that is not allowed: an admin's file has at most 512 MB, a judge's what
        `largest_upload` says. Raise QuotaUsed for a judge's file that is one too many, NotFound or Conflict for the
        experiment.
        """
        if caller.role < Role.ADMIN:
            judge = judge or caller.judge
            if judge is None or not is_judge(caller, judge):
                raise NotFound("no such judge", ("judge",))
        state = on_record(self._home, experiment)
        if caller.role < Role.ADMIN and judge not in judges_of(state.records):
            raise NotFound(NO_EXPERIMENT, ("experiment",))  # as for one that does not exist
        refuse_closed(experiment, closed=state.is_archived)
        refuse_unpacked(state)
        most = LARGEST
        if caller.role < Role.ADMIN and judge is not None:
            most = largest_upload(self._home, experiment, judge)
        if not 1 <= size <= most:
            raise InvalidInput(f"size is {size}: use 1 to {most} bytes", ("size",))
        token, expires = base64.urlsafe_b64encode(self._random_bytes(32)).decode().rstrip("="), self._clock() + LIFE_S
        values = {
            "token_hash": _hash(token),
            "actor": caller.subject,
            "role": int(caller.role),
            "experiment": experiment,
            "judge": judge,
            "size": size,
            "expires_at": expires,
        }
        past = (UPLOADS.c.consumed_at.is_(None), UPLOADS.c.expires_at < self._clock() - STALE_S)
        with self._engine.begin() as connection:
            connection.execute(UPLOADS.delete().where(*past))
            connection.execute(UPLOADS.delete().where(UPLOADS.c.consumed_at < self._clock() - RETENTION_S))
            connection.execute(UPLOADS.insert().values(values))
            self._refuse_over_quota(connection, connection.execute(_by_token(token)).one(), state.records)
        self._bodies.sweep(self._clock())
        return UploadLink(token, experiment, judge, size, iso(expires, "auto"))

    async def take(self, token: str, body: AsyncIterator[bytes], caller: Caller | None) -> Receipt:
        """Take a file from its first to its last byte; one that is not accepted leaves the link as it was.

        Raise NotFound for a link that cannot be used, InvalidInput for a file larger than its link allows, QuotaUsed
        where too many of that user's files are on their way.
        """
        with storing():
            link, _ = await asyncio.to_thread(self._link, token, caller)
            with self._places.taken(link.actor) as turn:
                received = self._bodies.begin()
                try:
                    await self._stream(body, received, link.size)
                    async with turn:
                        return await self._read(token, caller, received)
                finally:
                    await asyncio.to_thread(received.remove)

    async def _read(self, token: str, caller: Caller | None, received: ReceivedBody) -> Receipt:
        """Accept a file in the one thread that reads them, so that the threads of all other requests never wait.

        Once nobody waits for it the check of a large file ends.
        """
        stop = Event()

        def accept() -> Receipt:
            with cancelled_by(stop):
                return self._accept(token, caller, received)

        try:
            running = asyncio.get_running_loop()
            return await running.run_in_executor(self._reading, partial(copy_context().run, accept))
        finally:
            stop.set()

    def _link(self, token: str, caller: Caller | None) -> tuple[sa.Row[Any], ExperimentState]:
        """Return the link in force and what is on record of its experiment; raise NotFound, which does not say why."""
        with reading(self._engine) as connection:
            link = connection.execute(_by_token(token)).first()
        usable = link is not None and link.consumed_at is None and self._clock() < link.expires_at
        if link is None or not usable or (caller is not None and caller.subject != link.actor):
            raise NotFound("no such upload link; ask for a new one")
        if not self._still_allowed(link.actor, Role(link.role)):
            raise NotFound("no such upload link; ask for a new one")
        with reading(self._engine) as connection:
            state = on_record(self._home, link.experiment)
            self._refuse_over_quota(connection, link, state.records)
        return link, state

    def _refuse_over_quota(self, connection: sa.Connection, link: sa.Row[Any], records: list[Record]) -> None:
        """Raise QuotaUsed where a judge's link is one too many; an admin's is none."""
        if link.role >= Role.ADMIN or link.judge is None:
            return
        start = max(round_start(records, link.judge), self._clock() - RETENTION_S)
        own = (UPLOADS.c.experiment == link.experiment, UPLOADS.c.judge == link.judge, UPLOADS.c.role < Role.ADMIN)
        taken = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(UPLOADS.c.size), 0))
        count, size = connection.execute(taken.where(*own, UPLOADS.c.consumed_at >= start)).one()
        unused = sa.select(sa.func.count()).where(
            *own, UPLOADS.c.consumed_at.is_(None), UPLOADS.c.expires_at > self._clock()
        )
        largest = largest_upload(self._home, link.experiment, link.judge)
        refuse_over_quota(count, int(size) + link.size, connection.execute(unused).scalar_one(), largest)

    async def _stream(self, body: AsyncIterator[bytes], received: ReceivedBody, size: int) -> None:
        total, waiting = 0, bytearray()
        async for chunk in body:
            total += len(chunk)
            if total > size:
                raise TooLarge(f"the file is larger than the {size} bytes of its link", ("body",))
            waiting += chunk
            if len(waiting) >= PIECE:
                await asyncio.to_thread(received.write, bytes(waiting))
                waiting.clear()
        received.write(bytes(waiting))

    def _accept(self, token: str, caller: Caller | None, received: ReceivedBody) -> Receipt:
        received.close()
        link, state = self._link(token, caller)
        refuse_closed(link.experiment, closed=state.is_archived)
        writer = InboxWriter(self._home, state.pinned(), received, link.judge)
        if writer.problems is not None:
            return writer.problems
        spent = (
            UPLOADS.update()
            .where(UPLOADS.c.token_hash == _hash(token), UPLOADS.c.consumed_at.is_(None))
            .values(consumed_at=self._clock(), sha256=writer.receipt.sha256, size=writer.size)
        )
        with self._engine.begin() as connection:
            if connection.execute(spent).rowcount != 1:
                raise NotFound("no such upload link; ask for a new one")
            writer.place("upload", self._clock())
        return writer.receipt


def _by_token(token: str) -> sa.Select[Any]:
    return sa.select(UPLOADS).where(UPLOADS.c.token_hash == _hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
