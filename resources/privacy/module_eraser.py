"""A module's part in erasing a user: its tables, by what it says of them, and a receipt in the same transaction."""

from collections.abc import Callable

import sqlalchemy as sa

from contracts.modules.events import Bus, Event, Payload, UserErasedV1, UserEraseRequestedV1
from contracts.modules.retention import RetentionPolicy


def erase_from(connection: sa.Connection, policy: RetentionPolicy, user: str) -> int:
    """Remove the user from every table of a module; how many rows held them."""
    return sum(kept.erase(connection, user) for kept in policy.tables() if kept.erase is not None)


class ModuleEraser:
    """Implements contracts.modules.events.Consumer for one module; `ids()` is a random UUID, `now()` ISO 8601 in UTC.

    The receipt's envelope names no user: nothing about them is left to be written after they are gone.
    """

    takes: tuple[type[Payload], ...] = (UserEraseRequestedV1,)
    replayable = True

    def __init__(self, policy: RetentionPolicy, bus: Bus, *, ids: Callable[[], str], now: Callable[[], str]) -> None:
        self._policy, self._bus, self._ids, self._now = policy, bus, ids, now
        self.name = f"erase-{policy.name}"

    def handle(self, connection: sa.Connection, event: Event) -> None:
        """Erase and say so; a second request finds nothing and says so too."""
        if not isinstance(event.data, UserEraseRequestedV1) or event.user is None:
            return
        rows = erase_from(connection, self._policy, event.user)
        data = UserErasedV1(erasure=event.data.erasure, module=self._policy.name, rows=rows)
        source = f"/{self._policy.name}"
        self._bus.publish(connection, Event(id=self._ids(), source=source, time=self._now(), data=data))
