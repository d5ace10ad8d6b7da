"""Outgoing webhooks as admins see them: who is notified of what, and what became of each message.

Times are ISO 8601 in UTC. A message is what one webhook gets of one event: it is sent until it is taken, always under
the same id.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from contracts.paging import Page, PageRequest

MOST_WEBHOOKS, MOST_WAITING = 50, 1_000
"""Webhooks that there may be, and messages of one that may wait at a time."""
LONGEST_LABEL, LONGEST_ADDRESS = 100, 2_000
"""Characters of a webhook's label and of its address."""


class WebhookEvent(StrEnum):
    """What a webhook can be notified of, as its messages name it."""

    RUN_FINISHED = "run.finished"
    EXPORT_READY = "export.ready"
    LEADERBOARD_PUBLISHED = "leaderboard.published"
    CHECK_FAILED = "check.failed"
    POLICY_PROMOTED = "policy.promoted"


class WebhookState(StrEnum):
    """Whether messages are sent to a webhook: ENABLED, DISABLED by an admin or by what its receiver answered."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class MessageState(StrEnum):
    """Where a message is: WAITING for its time, DELIVERED, or FAILED for good, which a person may send again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookView(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook; `origin` is all that is shown of its address, whose path may be a secret.

    `reason` says why it is disabled, empty where it is not. `failing_since` is the first failure after the last
    message that was taken, null where the last attempt was taken. `old_secret_until` is until when messages are signed
    with the secret before the last rotation too.
    """

    id: str
    label: str
    origin: str
    events: Sequence[WebhookEvent]
    state: WebhookState
    reason: str
    made_at: str
    rotated_at: str | None
    old_secret_until: str | None
    delivered_at: str | None
    failing_since: str | None
    waiting: int


class SecretWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook with the secret that signs its messages, which is shown this once."""

    webhook: WebhookView
    secret: str

    def __repr__(self) -> str:
        """Return the text without the secret."""
        return f"SecretWebhook({self.webhook.id})"


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """One request: when, what came of it, the status where there was an answer, and how long it took."""

    at: str
    outcome: str
    status: int | None
    took_ms: int


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a webhook; `event` is null for a test. `attempts` are the last ones, oldest first."""

    id: str
    webhook: str
    type: str
    body: str
    state: MessageState
    made_at: str
    next_at: str | None
    ended_at: str | None
    attempts: Sequence[AttemptView]


class WebhookAdministration(Protocol):
    """What admins see and do; each call raises contracts.refusals.Unavailable while the database is away."""

    def webhooks(self) -> Sequence[WebhookView]:
        """Return all webhooks, oldest first."""
        ...

    def make_webhook(self, address: str, events: Sequence[WebhookEvent], label: str, by: str) -> SecretWebhook:
        """Make a webhook that is notified of these events from now on.

        Raise InvalidInput for an address to which nothing may be sent, Conflict beyond the most.
        """
        ...

    def webhook_messages(self, request: PageRequest) -> Page[MessageView]:
        """Return messages, newest first, uncounted; `where` may hold webhook and state."""
        ...

    def count_webhook_messages(self, webhook: str | None, state: str | None) -> int:
        """Return how many messages there are of a webhook or of all, in that state or in any."""
        ...

    def test_webhook(self, webhook: str) -> MessageView:
        """Have a message of the type `webhook.test` sent; raise NotFound, Conflict for one that is disabled."""
        ...

    def send_message_again(self, message: str) -> MessageView:
        """Have a message sent that was delivered or failed, under its id, for three days; raise NotFound, Conflict."""
        ...

    def rotate_webhook(self, webhook: str) -> SecretWebhook:
        """Make a new secret; messages are signed with the one before it too, for a day.

        Raise NotFound, and Conflict where another admin did so at the same moment.
        """
        ...

    def disable_webhook(self, webhook: str) -> WebhookView:
        """Send it nothing any more, also of what waits; raise NotFound."""
        ...

    def enable_webhook(self, webhook: str) -> WebhookView:
        """Let it have what happens from now on; raise NotFound."""
        ...

    def remove_webhook(self, webhook: str) -> WebhookView:
        """Delete a webhook with its secrets and messages, and return what it was; raise NotFound."""
        ...
