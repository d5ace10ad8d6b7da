"""Says once more what users said before modules listened: events bring everybody else up to date, and are stored once.

Rows from before the column `announced` have it false; whatever is written since is announced in its own transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import msgspec
import sqlalchemy as sa

from contracts.modules.events import Bus, ConsentChangedV1, Event, Payload, PreferencesChangedV1
from contracts.modules.sealing import Erased, Sealer, Unreadable
from kit.sql.store import Store
from kit.times import iso
from services.profile import consents as log
from services.profile.erasure.erasures import is_being_erased
from services.profile.profiles import read
from services.profile.tables import CONSENTS, PROFILES

BATCH = 50
"""Users of one transaction, so that nobody who writes meanwhile waits for long."""
_USERS = (
    sa.select(PROFILES.c.user)
    .where(sa.not_(PROFILES.c.announced))
    .union(sa.select(CONSENTS.c.user).where(sa.not_(CONSENTS.c.announced), CONSENTS.c.user.is_not(None)))
    .limit(BATCH)
)


class Announcements:
    """What the worker does: in the lock of all changes, so that a change of the same user comes before or after it."""

    def __init__(
        self, store: Store, sealer: Sealer, bus: Bus, ids: Callable[[], str], clock: Callable[[], float]
    ) -> None:
        self._store, self._sealer, self._bus, self._ids, self._clock = store, sealer, bus, ids, clock

    def step(self) -> bool:
        """Publish what some users chose and agreed to; return whether there was anybody."""
        with self._store.reading() as connection:
            if connection.execute(_USERS).first() is None:
                return False
        with self._store.writing() as connection:
            users: Sequence[str] = connection.execute(_USERS).scalars().all()
            for user in users:
                with suppress(Erased):  # whose key is destroyed: nobody may learn of them any more
                    for said in self._said(connection, user):
                        self._bus.publish(connection, self._event(user, said))
            for table in (PROFILES, CONSENTS):
                connection.execute(table.update().where(table.c.user.in_(users)).values(announced=True))
        return bool(users)

    def _said(self, connection: sa.Connection, user: str) -> Iterator[Payload]:
        """Yield the preferences, and the last decision on each purpose; none of one being erased; raise Erased."""
        if is_being_erased(connection, user):
            return
        try:
            stored = read(connection, self._sealer, user)
        except (Unreadable, msgspec.DecodeError):  # damaged: what they agreed to counts all the same
            stored = None
        if stored is not None and stored.version:
            yield PreferencesChangedV1(version=stored.version, preferences=stored.profile.preferences)
        for purpose, row in log.last_decisions(connection, user).items():
            yield ConsentChangedV1(purpose=purpose.value, given=row.given, version=row.version)

    def _event(self, user: str, data: Payload) -> Event:
        return Event(id=self._ids(), source="/profile", time=iso(self._clock()), data=data, user=user)
