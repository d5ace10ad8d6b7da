"""Outgoing webhooks over the schema, on the module itself."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.context import ApiContext
from api.root import admin_schema
from contracts.access.caller import Role
from contracts.integrations.webhooks import MOST_WEBHOOKS, WebhookEvent
from tests.api.memory_services import MemoryServices
from tests.services.integrations.calendar_peer import CalendarPeer
from tests.services.integrations.world import World

ADDRESS = "https://hooks.example/secret-path"
FAILED = "__typename ... on Failure { code path message }"
MAKE = (
    f'makeWebhook(address: "{ADDRESS}", events: [RUN_FINISHED], label: "ours")'
    f" {{ {FAILED} ... on SecretWebhook {{ secret webhook {{ id origin state events waiting reason }} }} }}"
)


class _Admin:
    """An admin's calls of the schema, each with a budget of its own; `services.audit` has the rows."""

    def __init__(self, root: Path) -> None:
        self.world, self.services, self.calls = World(root, CalendarPeer({})), MemoryServices(), 0

    def data(self, document: str) -> Any:
        """Return the answer to a document without errors."""
        self.calls += 1
        given = replace(self.services.services, webhooks=self.world.integrations)
        caller = msgspec.structs.replace(
            self.services.auth.callers["token-admin"], subject=f"webhooks-admin-{self.calls}"
        )
        context = ApiContext(given, caller, "request-1")
        answer = asyncio.run(admin_schema().execute(document, None, context_value=context))
        assert answer.errors is None, answer.errors
        return answer.data

    def change(self, call: str) -> Any:
        """Return what a mutation gives."""
        return self.data(f"mutation {{ it: {call} }}")["it"]


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[_Admin]:
    """An admin of a home without webhooks."""
    made = _Admin(tmp_path / "home")
    yield made
    made.world.close()


def test_the_secret_is_shown_once(admin: _Admin) -> None:
    """By what makes or rotates it; lists show where it leads without the path, and no row has the address or secret."""
    made = admin.change(MAKE)
    webhook = made["webhook"]
    assert made["secret"].startswith("whsec_")
    shown = {"id": webhook["id"], "origin": "https://hooks.example", "state": "ENABLED"}
    assert webhook == {**shown, "events": ["RUN_FINISHED"], "waiting": 0, "reason": ""}
    rotated = admin.change(f'rotateWebhookSecret(webhook: "{webhook["id"]}") {{ ... on SecretWebhook {{ secret }} }}')
    listed = admin.data("{ webhooks { id label origin rotatedAt oldSecretUntil deliveredAt failingSince madeAt } }")
    assert len({made["secret"], rotated["secret"]}) == 2
    assert (listed["webhooks"][0]["label"], len(listed["webhooks"])) == ("ours", 1)
    rows = str(admin.services.audit.entries)
    assert not [word for word in (made["secret"], rotated["secret"], "secret-path") if word in f"{listed}{rows}"]
    assert [(entry.operation, entry.target) for entry in admin.services.audit.entries] == [
        ("makeWebhook", webhook["id"]),
        ("rotateWebhookSecret", webhook["id"]),
    ]


def test_messages_are_listed_and_sent_again(admin: _Admin) -> None:
    """A test waits; what was ended by disabling can be sent again once the webhook is enabled."""
    id_ = admin.change(MAKE)["webhook"]["id"]
    of = f'(webhook: "{id_}")'
    tried = admin.change(f"testWebhook{of} {{ ... on WebhookMessage {{ id type state attempts {{ at }} }} }}")
    assert (tried["type"], tried["state"], tried["attempts"]) == ("webhook.test", "WAITING", [])
    disabled = admin.change(f"disableWebhook{of} {{ ... on Webhook {{ state reason waiting }} }}")
    assert disabled == {"state": "DISABLED", "reason": "an admin disabled it", "waiting": 0}
    page = f'webhookMessages(first: 5, webhook: "{id_}", state: FAILED) {{ totalCount nodes {{ id nextAt body }} }}'
    (failed,) = admin.data(f"{{ {page} }}")["webhookMessages"]["nodes"]
    assert (failed["id"], failed["nextAt"]) == (tried["id"], None)
    assert admin.data("{ webhookMessages(first: 1, state: DELIVERED) { totalCount } }") == {
        "webhookMessages": {"totalCount": 0}
    }
    again = f'sendWebhookMessageAgain(message: "{tried["id"]}") {{ {FAILED} ... on WebhookMessage {{ id state }} }}'
    assert (admin.change(again)["code"], admin.change(again)["path"]) == ("CONFLICT", ["message"])
    assert admin.change(f"enableWebhook{of} {{ ... on Webhook {{ state }} }}")["state"] == "ENABLED"
    assert admin.change(again) == {"__typename": "WebhookMessage", "id": tried["id"], "state": "WAITING"}
    assert admin.change(f"removeWebhook{of} {{ ... on Webhook {{ id }} }}")["id"] == id_
    assert admin.data("{ webhooks { id } }") == {"webhooks": []}


REFUSED = {
    'makeWebhook(address: "https://10.0.0.1/", events: [RUN_FINISHED])': ("INVALID_INPUT", "address"),
    f'makeWebhook(address: "{ADDRESS}", events: [])': ("INVALID_INPUT", "events"),
    f'makeWebhook(address: "{ADDRESS}", events: [RUN_FINISHED], label: "a\\nb")': ("INVALID_INPUT", "label"),
    'testWebhook(webhook: "none")': ("NOT_FOUND", "webhook"),
    'rotateWebhookSecret(webhook: "none")': ("NOT_FOUND", "webhook"),
    'disableWebhook(webhook: "none")': ("NOT_FOUND", "webhook"),
    'enableWebhook(webhook: "none")': ("NOT_FOUND", "webhook"),
    'removeWebhook(webhook: "none")': ("NOT_FOUND", "webhook"),
    'sendWebhookMessageAgain(message: "none")': ("NOT_FOUND", "message"),
}


def test_what_cannot_be_is_a_failure_with_a_path(admin: _Admin) -> None:
    """A member of each union; the audit row has the code."""
    failures = {call: admin.change(f"{call} {{ {FAILED} }}") for call in REFUSED}
    assert {call: (said["code"], *said["path"]) for call, said in failures.items()} == REFUSED
    assert [entry.outcome for entry in admin.services.audit.entries] == [code for code, _ in REFUSED.values()]


def test_a_webhook_too_many_is_a_conflict(admin: _Admin) -> None:
    """Fifty are the most."""
    admin.data("mutation {" + "".join(f"m{number}: {MAKE} " for number in range(10)) + "}")
    for number in range(10, MOST_WEBHOOKS):
        admin.world.integrations.make_webhook(f"{ADDRESS}{number}", [WebhookEvent.RUN_FINISHED], "", "admin-a")
    assert admin.change(MAKE)["code"] == "CONFLICT"


def test_only_admins_read_and_change_webhooks(admin: _Admin) -> None:
    """A judge and a user are refused, and nothing is made."""
    for role in (Role.JUDGE, Role.USER):
        context = admin.services.context(role)
        given = replace(admin.services.services, webhooks=admin.world.integrations)
        context.services = given
        for document in ("{ webhooks { id } }", f"mutation {{ {MAKE} }}"):
            answer = asyncio.run(admin_schema().execute(document, None, context_value=context))
            assert answer.errors
            assert (answer.errors[0].extensions or {})["code"] == "FORBIDDEN"
    assert admin.world.integrations.webhooks() == []
