"""Takes requests for notices: one row a request, whose key is the event's id, in the transaction of the delivery."""

from collections.abc import Callable, Sequence

import msgspec
import sqlalchemy as sa

from contracts.modules.database import Transaction
from contracts.modules.events import CRITICAL, Event, NoticeRequestedV1, Payload
from contracts.modules.profile import Channel
from contracts.modules.sealing import UserSealer
from kit.sealed import SealedColumn
from kit.sql.sessions import connection_of
from kit.times import unix_seconds
from services.notifier.tables import NOTICES

DAY_S = 86_400.0
LONGEST_S = 30 * DAY_S
"""How long a notice may wait and be shown at most, from its request."""


class Said(msgspec.Struct, frozen=True):
    """The content of the sealed column; `only` is the one channel of a test."""

    topic: str
    title: str
    text: str
    link: str | None
    decision: str | None
    only: Channel | None = None


SAID = SealedColumn("notifier_notices ", Said)


class NoticeRequests:
    """Implements contracts.modules.events.Consumer; `shown_s` is how long a notice counts that says nothing of it.

    It takes no old events again: what they requested was sent long ago. A request that comes when its notice has
    expired leaves a row that says so.
    """

    name, replayable = "notifier-requests", False
    takes: Sequence[type[Payload]] = (NoticeRequestedV1,)

    def __init__(self, sealer: UserSealer, clock: Callable[[], float], shown_s: float) -> None:
        self._sealer, self._clock, self._shown_s = sealer, clock, shown_s

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Store the notice as one that is due now; raise ValueError for an event that is no request of a user."""
        if not isinstance(event.data, NoticeRequestedV1) or event.user is None:
            raise ValueError(f"{event.id} requests no notice for a user")
        data, requested = event.data, unix_seconds(event.time)
        expires = requested + self._shown_s if data.expires_at is None else unix_seconds(data.expires_at)
        add_notice(
            connection_of(transaction),
            self._sealer,
            event.user,
            event.id,
            Said(data.topic, data.title, data.text, data.link, data.decision),
            critical=data.critical in CRITICAL,
            now=self._clock(),
            expires_at=min(expires, requested + LONGEST_S),
        )


def add_notice(
    connection: sa.Connection,
    sealer: UserSealer,
    user: str,
    id_: str,
    said: Said,
    *,
    critical: bool,
    now: float,
    expires_at: float,
) -> None:
    """Store a notice as one that is due now, or that has expired already; raise Erased."""
    row = {
        "id": id_,
        "user": user,
        "topic": topic_name(sealer, user, said.topic),
        "critical": critical,
        "state": "waiting" if expires_at > now else "expired",
        "release_at": now,
        "created_at": now,
        "expires_at": expires_at,
        "sealed": SAID.seal(sealer, user, id_, said),
    }
    connection.execute(NOTICES.insert(), row)


def topic_name(sealer: UserSealer, user: str, topic: str) -> str:
    """Return the topic's pseudonym of this user; raise Erased."""
    return sealer.pseudonym(user, f"notifier topic {topic}")


def said_of(sealer: UserSealer, row: sa.Row[tuple[object, ...]]) -> Said:
    """Return what the notice of a row says; raise Erased, Unreadable."""
    return SAID.open(sealer, row.user, row.id, row.sealed)
