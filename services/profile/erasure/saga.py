"""Erases a user: revokes grants at providers, asks each module by an event for a receipt, then destroys the key."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.erasure import CheckErasable, Erasure, ErasureLedger, GrantsLeft, IdentityGrants
from contracts.modules.events import Bus, Event, Payload, UserErasedV1, UserEraseRequestedV1
from contracts.modules.retention import PartsRetention, RetentionPolicy
from contracts.modules.sealing import Erased, Sealer
from kit.sql.sessions import connection_of
from kit.times import iso
from services.profile.consents import pseudonym
from services.profile.erasure import erasures
from services.profile.store import profile_store

logger = logging.getLogger(__name__)
REST_S = 30.0
"""After a step that failed it is not tried again for so long."""
GRANTS_S = 86_400.0
"""Providers that do not take a grant back are asked for so long; then the erasure goes on and says so."""


@dataclass(frozen=True, kw_only=True)
class ErasureDependencies:
    """What the saga needs: the check who may be erased, the ledger, keys, and `scrub`, to empty the database log.

    `grants` are revoked at identity providers before the modules are asked.
    """

    check_erasable: CheckErasable
    ledger: ErasureLedger
    sealer: Sealer
    scrub: Callable[[], None]
    grants: IdentityGrants | None = None


class ErasureSaga:
    """Implements contracts.modules.erasure.Erasures.

    Each of `modules` is asked by an event and owes a receipt. `last` are retention policies of this process, such as
    that of events: they are erased here when every receipt is in, because the messages are needed until then. One that
    is in `modules` too is erased again, for rows that a concurrent request wrote. `parts` are erased between the two.
    """

    def __init__(
        self,
        engine: sa.Engine,
        bus: Bus,
        key: bytes,
        dependencies: ErasureDependencies,
        *,
        modules: Sequence[str],
        last: Sequence[RetentionPolicy],
        parts: Sequence[PartsRetention] = (),
        ids: Callable[[], str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._dependencies = profile_store(engine), dependencies
        self._bus, self._key = bus, key
        self._modules, self._last, self._ids, self._clock = tuple(modules), tuple(last), ids, clock
        self._parts = tuple(each.erase for each in parts if each.erase is not None)
        self._rests: dict[str, float] = {}

    def erase(self, user: str, by: str) -> Erasure:
        """Start a user's erasure and return it; a repeat returns the one under way.

        Modules are asked at once, or by `step` after grants at identity providers are revoked. A repeat after ten
        minutes asks the modules again. Raise NotFound for an unknown user, Conflict for one who must stay.
        """
        now = self._clock()
        with self._store.writing() as connection:
            row = erasures.find(connection, user, pseudonym(self._key, user))
            if row is None:
                self._dependencies.check_erasable(user, erasures.being_erased(connection))
                name = pseudonym(self._key, user)
                held = self._dependencies.grants is not None and self._dependencies.grants.held(user)
                row = erasures.begin(connection, self._ids(), user, name, by, self._modules, now, held=held)
                if not held:
                    self._ask(connection, row, now)
            elif row.done_at is None and row.grants != GrantsLeft.HELD and now - row.asked_at >= erasures.ASK_AGAIN_S:
                erasures.note_repeated_request(connection, row.id, now)
                self._ask(connection, row, now)
            return erasures.erasure_of(connection, row, now)

    def erasures(self, *, most: int = 200) -> Sequence[Erasure]:
        """Return erasures under way, oldest first, then those done, newest first; at most `most` of each."""
        with self._store.reading() as connection:
            return erasures.listed(connection, self._clock(), most)

    def stuck(self) -> Sequence[Erasure]:
        """Return the erasures under way that began more than 24 hours ago."""
        return [erasure for erasure in self.erasures() if erasure.stuck]

    def step(self) -> int:
        """Advance each erasure under way; return how many ended. Safe to repeat after a kill at any point.

        A failed one is tried again half a minute later.
        """
        with self._store.reading() as connection:
            open_ones, unscrubbed = erasures.under_way(connection), erasures.unscrubbed(connection)
        ended = sum(self._tried(row.id, partial(self._ended, row)) for row in open_ones)
        if ended or unscrubbed:
            self._tried("database", self._scrubbed)
        return ended

    def _tried(self, what: str, step: Callable[[], bool]) -> bool:
        if self._clock() < self._rests.get(what, 0.0):
            return False
        self._rests.pop(what, None)
        try:
            return step()
        except Exception as error:  # noqa: BLE001  # one that cannot go on leaves the others going; it is shown as stuck
            logger.warning("erasing waits at %s: %s", what, type(error).__name__)
            self._rests[what] = self._clock() + REST_S
            return False

    def _ended(self, row: Any) -> bool:
        self._dependencies.ledger.add(row.id, row.user, iso(row.requested_at))
        if row.grants == GrantsLeft.HELD:
            self._leave(row)
            return False
        with self._store.reading() as connection:
            if erasures.waiting_for(connection, row):
                return False
        with suppress(Erased):  # the key was destroyed before this process was killed, and the parts before the key
            for erase in self._parts:
                erase(row.user)
        self._dependencies.sealer.destroy(row.user)
        with self._store.writing() as connection:  # the user's id is forgotten last: until then all can be done again
            for policy in self._last:
                tables = [each.erase for each in policy.tables() if each.erase is not None]
                rows = sum(erase_rows(connection, row.user) for erase_rows in tables)
                erasures.take_receipt(connection, row.id, policy.name, rows, self._clock())
            erasures.end(connection, row.id, self._clock())
        return True

    def _leave(self, row: Any) -> None:
        """Take the grants back while the key and the rows are there, then ask the modules."""
        try:
            back = self._dependencies.grants is not None and self._dependencies.grants.take_back(row.user)
        except Exception as error:
            if self._clock() - row.requested_at < GRANTS_S:
                raise
            logger.warning("erasing goes on without taking a grant back: %s", type(error).__name__)
            back = False
        now, grants = self._clock(), GrantsLeft.RETURNED if back else GrantsLeft.UNRETURNED
        with self._store.writing() as connection:
            if erasures.left(connection, row.id, grants, now):
                self._ask(connection, row, now)

    def _scrubbed(self) -> bool:
        before = self._clock()
        self._dependencies.scrub()
        with self._store.writing() as connection:
            erasures.scrubbed(connection, before, self._clock())
        return True

    def _ask(self, connection: sa.Connection, row: Any, now: float) -> None:
        data = UserEraseRequestedV1(erasure=row.id)
        self._bus.publish(connection, Event(id=self._ids(), source="/profile", time=iso(now), data=data, user=row.user))


class Receipts:
    """Implements contracts.modules.events.Consumer: stores the modules' receipts."""

    name = "profile-receipts"
    takes: tuple[type[Payload], ...] = (UserErasedV1,)
    replayable = True

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Record the receipt that a module sent."""
        if isinstance(event.data, UserErasedV1):
            said = event.data
            erasures.take_receipt(connection_of(transaction), said.erasure, said.module, said.rows, self._clock())
