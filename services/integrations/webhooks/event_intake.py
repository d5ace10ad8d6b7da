"""Makes a message for each webhook that wants an event, in the transaction that delivers it."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from contracts.integrations.webhooks import WebhookEvent, WebhookState
from contracts.modules.database import Transaction
from contracts.modules.events import Event, Payload
from contracts.payloads import (
    OCCURRENCES,
    CheckFailedV1,
    ExportReadyV1,
    LeaderboardPublishedV1,
    PolicyPromotedV1,
    RunFinishedV1,
)
from kit.sql.sessions import connection_of
from services.integrations.tables import WEBHOOKS
from services.integrations.webhooks.message_queue import add_message

NAMES: Mapping[type[Payload], WebhookEvent] = {
    RunFinishedV1: WebhookEvent.RUN_FINISHED,
    ExportReadyV1: WebhookEvent.EXPORT_READY,
    LeaderboardPublishedV1: WebhookEvent.LEADERBOARD_PUBLISHED,
    CheckFailedV1: WebhookEvent.CHECK_FAILED,
    PolicyPromotedV1: WebhookEvent.POLICY_PROMOTED,
}
"""What receivers are told of each type."""


class WebhookBody(msgspec.Struct, frozen=True):
    """The body of a message, as Standard Webhooks writes it."""

    type: str
    timestamp: str
    data: msgspec.Raw


def body_of(type_: str, time: str, data: object) -> bytes:
    """Return the bytes of a message."""
    return msgspec.json.encode(WebhookBody(type_, time, msgspec.Raw(msgspec.json.encode(data))))


class WebhookIntake:
    """Implements contracts.modules.events.Consumer; an event that comes again finds its messages there already."""

    name = "integrations-webhooks"
    takes: Sequence[type[Payload]] = OCCURRENCES
    replayable = False

    def __init__(self, clock: Callable[[], float], ids: Callable[[], str]) -> None:
        self._clock, self._ids = clock, ids

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Add a message for each enabled webhook that is notified of this."""
        connection, name = connection_of(transaction), NAMES[type(event.data)]
        enabled = sa.select(WEBHOOKS.c.id, WEBHOOKS.c.events).where(WEBHOOKS.c.state == WebhookState.ENABLED.value)
        wanting = [row.id for row in connection.execute(enabled) if name.value in row.events]
        if wanting:
            body, now = body_of(name.value, event.time, event.data), self._clock()
            for webhook in wanting:
                add_message(connection, webhook, message_id(self._ids()), name.value, body, now, event.id)


def message_id(unique: str) -> str:
    """Return the id of a message, which has no dot in it, since the signature is over parts with dots between."""
    return f"msg_{unique.replace('-', '')}"
