"""Outgoing webhooks: who is notified of what, and what became of each message."""

from enum import Enum
from typing import Annotated

import msgspec
import strawberry

from api.connection import After, Connection, First, connection_of, request_of
from api.context import Info, in_thread
from api.enums import described
from api.failures import AnyFailure
from api.fields import mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.integrations import webhooks as contract


@described(
    "What a webhook can be notified of.",
    RUN_FINISHED="A collecting run ended.",
    EXPORT_READY="A folder of items is there for a judge.",
    LEADERBOARD_PUBLISHED="A leaderboard was published.",
    CHECK_FAILED="A check failed that did not before, or failed on other data.",
    POLICY_PROMOTED="Another promotion of policies is in force.",
)
class WebhookEvent(Enum):
    """See contracts.integrations.webhooks.WebhookEvent."""

    RUN_FINISHED = "run.finished"
    EXPORT_READY = "export.ready"
    LEADERBOARD_PUBLISHED = "leaderboard.published"
    CHECK_FAILED = "check.failed"
    POLICY_PROMOTED = "policy.promoted"


@described("Whether messages are sent.", ENABLED="They are.", DISABLED="None is, until an admin enables it.")
class WebhookState(Enum):
    """See contracts.integrations.webhooks.WebhookState."""

    ENABLED = "enabled"
    DISABLED = "disabled"


@described(
    "Where a message is.",
    WAITING="It is sent at its time.",
    DELIVERED="The receiver has it.",
    FAILED="It is sent no more, unless an admin has it sent again.",
)
class WebhookMessageState(Enum):
    """See contracts.integrations.webhooks.MessageState."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@strawberry.type(description="An address that is sent signed messages of what happens here.")
class Webhook:
    """Shows contracts.integrations.webhooks.WebhookView."""

    is_type_of = accepts(contract.WebhookView)

    id: str = strawberry.field(description="Its id.")
    label: str = strawberry.field(description="What admins call it.")
    origin: str = strawberry.field(description="Where it leads, without the path, which may be a secret.")
    events: list[WebhookEvent] = strawberry.field(description="What it is notified of.")
    state: WebhookState = strawberry.field(description="Whether messages are sent.")
    reason: str = strawberry.field(description="Why it is disabled; empty where it is not.")
    made_at: str = strawberry.field(description="ISO 8601 in UTC.")
    rotated_at: str | None = strawberry.field(description="When it got its present secret; null for the first.")
    old_secret_until: str | None = strawberry.field(description="Until when the secret before that signs too.")
    delivered_at: str | None = strawberry.field(description="When its receiver took a message last.")
    failing_since: str | None = strawberry.field(description="The first failure since then; null where none came.")
    waiting: int = strawberry.field(description="How many messages wait.")


@strawberry.type(description="A webhook with its secret, which is shown this once.")
class SecretWebhook:
    """Shows contracts.integrations.webhooks.SecretWebhook."""

    is_type_of = accepts(contract.SecretWebhook)

    webhook: Webhook = strawberry.field(description="The webhook.")
    secret: str = strawberry.field(description="What its receiver verifies signatures with, as whsec_ and base64.")


@strawberry.type(description="One request to a receiver.")
class WebhookAttempt:
    """Shows contracts.integrations.webhooks.AttemptView."""

    is_type_of = accepts(contract.AttemptView)

    at: str = strawberry.field(description="When it ended, ISO 8601 in UTC.")
    outcome: str = strawberry.field(description="taken, or why not.")
    status: int | None = strawberry.field(description="HTTP status; null without an answer.")
    took_ms: int = strawberry.field(description="How long it took.")


@strawberry.type(
    name="WebhookMessage", description="What one webhook gets of one event, under one id at every attempt."
)
class MessageToWebhook:
    """Shows contracts.integrations.webhooks.MessageView."""

    is_type_of = accepts(contract.MessageView)

    id: str = strawberry.field(description="The webhook-id by which receivers drop a second copy.")
    webhook: str = strawberry.field(description="Id of the webhook.")
    type: str = strawberry.field(description="Of the event; webhook.test for a test.")
    body: str = strawberry.field(description="What is sent, JSON.")
    state: WebhookMessageState = strawberry.field(description="Where it is.")
    made_at: str = strawberry.field(description="ISO 8601 in UTC.")
    next_at: str | None = strawberry.field(description="When it is sent next; null once that is over.")
    ended_at: str | None = strawberry.field(description="When it was taken or given up.")
    attempts: list[WebhookAttempt] = strawberry.field(description="The last 20, oldest first.")


WebhookResult = Annotated[
    Webhook | AnyFailure, strawberry.union("WebhookResult", description="The webhook as it is then, or why not.")
]
SecretWebhookResult = Annotated[
    SecretWebhook | AnyFailure,
    strawberry.union("SecretWebhookResult", description="The webhook with its new secret, or why there is none."),
]
WebhookMessageResult = Annotated[
    MessageToWebhook | AnyFailure,
    strawberry.union("WebhookMessageResult", description="The message that is sent, or why none is."),
]
WebhookArgument = Annotated[str, strawberry.argument(description="Id of the webhook.")]


class WebhookQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Outgoing webhooks, oldest first.", gives=list[Webhook], weight=1_000, rows=50)
    async def webhooks(self, info: Info) -> list[contract.WebhookView]:
        """Return all webhooks, of which there are at most 50."""
        return list(await in_thread(info.context.services.webhooks.webhooks))

    @query(Role.ADMIN, "Messages to webhooks, newest first.", gives=Connection[MessageToWebhook])
    async def webhook_messages(
        self,
        info: Info,
        webhook: Annotated[str | None, strawberry.argument(description="Only those of this webhook.")] = None,
        state: Annotated[WebhookMessageState | None, strawberry.argument(description="Only those there.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[contract.MessageView]:
        """Return a page of messages, counted only when a query selects it."""
        webhooks, wanted = info.context.services.webhooks, None if state is None else state.value
        where = {name: value for name, value in (("webhook", webhook), ("state", wanted)) if value is not None}
        listing = request_of("webhookMessages", first, after, where=where)
        page = await in_thread(webhooks.webhook_messages, listing)
        counted = msgspec.structs.replace(page, count=lambda: webhooks.count_webhook_messages(webhook, wanted))
        return connection_of(counted, listing)


class WebhookMutations:
    """Root fields of the mutation; the audit row has no hash of an address, whose path may be a secret."""

    @mutation(Role.ADMIN, "Have an address sent messages of events from now on.", gives=SecretWebhookResult, weight=350)
    async def make_webhook(
        self,
        info: Info,
        address: Annotated[str, strawberry.argument(description="An https address of the internet.")],
        events: Annotated[list[WebhookEvent], strawberry.argument(description="What it is notified of.")],
        label: Annotated[str, strawberry.argument(description="What admins call it, in one line.")] = "",
    ) -> contract.SecretWebhook:
        """Return the webhook with its secret, which is shown this once."""
        info.context.hide("address")
        wanted = [contract.WebhookEvent(event.value) for event in events]
        made = await in_thread(
            info.context.services.webhooks.make_webhook, address, wanted, label, info.context.known.subject
        )
        info.context.note(target=made.webhook.id)
        return made

    @mutation(Role.ADMIN, "Have a test sent to a webhook.", gives=WebhookMessageResult, weight=250)
    async def test_webhook(self, info: Info, webhook: WebhookArgument) -> contract.MessageView:
        """Return the message that is sent within seconds."""
        info.context.note(target=webhook)
        return await in_thread(info.context.services.webhooks.test_webhook, webhook)

    @mutation(
        Role.ADMIN,
        "Have a message sent again that was delivered or failed.",
        gives=WebhookMessageResult,
        weight=350,
    )
    async def send_webhook_message_again(
        self, info: Info, message: Annotated[str, strawberry.argument(description="Id of the message.")]
    ) -> contract.MessageView:
        """Return the message, which goes under the id that it has."""
        info.context.note(target=message)
        return await in_thread(info.context.services.webhooks.send_message_again, message)

    @mutation(
        Role.ADMIN,
        "Give a webhook a new secret; the old one signs too for a day.",
        gives=SecretWebhookResult,
        weight=250,
    )
    async def rotate_webhook_secret(self, info: Info, webhook: WebhookArgument) -> contract.SecretWebhook:
        """Return the webhook with its new secret, which is shown this once."""
        info.context.note(target=webhook)
        return await in_thread(info.context.services.webhooks.rotate_webhook, webhook)

    @mutation(Role.ADMIN, "Send a webhook nothing any more, also of what waits.", gives=WebhookResult, weight=1_000)
    async def disable_webhook(self, info: Info, webhook: WebhookArgument) -> contract.WebhookView:
        """Return the webhook as it is then; again changes nothing."""
        info.context.note(target=webhook)
        return await in_thread(info.context.services.webhooks.disable_webhook, webhook)

    @mutation(Role.ADMIN, "Notify a webhook of what happens from now on.", gives=WebhookResult, weight=250)
    async def enable_webhook(self, info: Info, webhook: WebhookArgument) -> contract.WebhookView:
        """Return the webhook as it is then; again changes nothing."""
        info.context.note(target=webhook)
        return await in_thread(info.context.services.webhooks.enable_webhook, webhook)

    @mutation(Role.ADMIN, "Delete a webhook with its secrets and messages.", gives=WebhookResult, weight=1_000)
    async def remove_webhook(self, info: Info, webhook: WebhookArgument) -> contract.WebhookView:
        """Return the webhook as it was."""
        info.context.note(target=webhook)
        return await in_thread(info.context.services.webhooks.remove_webhook, webhook)
