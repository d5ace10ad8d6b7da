"""Ends what a session brought when that session ends, so that a browser hears nothing after its user signed out."""

from collections.abc import Callable, Sequence

from contracts.modules.database import Transaction
from contracts.modules.events import Event, Payload, SessionRevokedV1
from kit.sql.sessions import connection_of
from services.notifier.addresses.stored import end_of_session


class SessionEnds:
    """Implements contracts.modules.events.Consumer; `clock` gives Unix seconds."""

    name, replayable = "notifier-sessions", True
    takes: Sequence[type[Payload]] = (SessionRevokedV1,)

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def handle(self, transaction: Transaction, event: Event) -> None:
        """End the addresses that the session brought; one that ended before changes nothing."""
        if isinstance(event.data, SessionRevokedV1) and event.user is not None:
            end_of_session(connection_of(transaction), event.user, event.data.credential, self._clock())
