"""Erases a user from a module's tables, by their retention, and publishes a receipt in the same transaction."""

from collections.abc import Callable

from contracts.modules.database import Transaction
from contracts.modules.events import Bus, Event, Payload, UserErasedV1, UserEraseRequestedV1
from contracts.modules.retention import RetentionPolicy


def erase_from(transaction: Transaction, policy: RetentionPolicy, user: str) -> int:
    """Remove the user from every table of a module; return how many rows held them."""
    return sum(table.erase(transaction, user) for table in policy.tables() if table.erase is not None)


class ModuleEraser:
    """Implements contracts.modules.events.Consumer for one module; `ids()` is a random UUID, `now()` ISO 8601 in UTC.

    The receipt's envelope names no user, so that no new record of them is written after the erasure.
    """

    takes: tuple[type[Payload], ...] = (UserEraseRequestedV1,)
    replayable = True

    def __init__(self, policy: RetentionPolicy, bus: Bus, *, ids: Callable[[], str], now: Callable[[], str]) -> None:
        self._policy, self._bus, self._ids, self._now = policy, bus, ids, now
        self.name = f"erase-{policy.name}"

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Erase the user and publish the receipt; a second request finds no rows and publishes one too."""
        if not isinstance(event.data, UserEraseRequestedV1) or event.user is None:
            return
        rows = erase_from(transaction, self._policy, event.user)
        data = UserErasedV1(erasure=event.data.erasure, module=self._policy.name, rows=rows)
        source = f"/{self._policy.name}"
        self._bus.publish(transaction, Event(id=self._ids(), source=source, time=self._now(), data=data))
