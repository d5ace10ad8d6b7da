"""Publishes the end of sessions and tokens to the other modules, in the transaction that ends them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from contracts.modules.events import Bus, Event, SessionRevokedV1
from kit.times import iso

SOURCE = "/auth"


@dataclass(frozen=True)
class RevocationEvents:
    """`bus` is None where nothing is published, as on the command line; `random_bytes(n)` returns n random bytes."""

    bus: Bus | None
    clock: Callable[[], float]
    random_bytes: Callable[[int], bytes]

    def publish(self, connection: sa.Connection, user: str, credential: str, reason: str) -> None:
        """Publish that a session or token of `user` has ended; `reason` is a code such as `signed_out`."""
        if self.bus is None:
            return
        event_id = str(uuid.UUID(bytes=self.random_bytes(16), version=4))
        said = SessionRevokedV1(credential=credential, reason=reason)
        self.bus.publish(connection, Event(id=event_id, source=SOURCE, time=iso(self.clock()), data=said, user=user))
