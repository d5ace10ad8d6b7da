import base64
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from contracts.judging import LineProblem, Receipt
from contracts.refusals import Conflict, InvalidInput, NotFound, Refusal, Unavailable
from kit.signed_messages import signature, signing_key
from services.gateway.rest.webhooks import ROUTES, JudgeWebhook

NOW = 1_800_000_000
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
BODY = b'{"experiment": "tip-bench-x", "answers": []}'


@pytest.fixture(name="client")
def client_fixture(messages: Any, log: Any, client_of: Any) -> Any:
    """An application with the one endpoint."""
    endpoint = JudgeWebhook(
        messages, [SECRET], audit=log, clock=lambda: float(NOW), now=lambda: "t", new_id=lambda: "r1"
    )
    return client_of([replace(spec, max_bytes=1000) for spec in ROUTES], endpoint)


def send(client: Any, body: bytes = BODY, **changed: str) -> Any:
    """A signed message."""
    signed = signature(signing_key(SECRET), "m1", str(NOW), body)
    headers = {"webhook-id": "m1", "webhook-timestamp": str(NOW), "webhook-signature": signed, **changed}
    return client.request("POST", "/webhooks/judge", content=body, headers=headers)


def test_a_signed_message_is_taken_and_answered_with_its_receipt(client: Any, messages: Any, log: Any) -> None:
    """The raw bytes go on, the receipt comes back, and the audit log has ids and hashes alone."""
    answer = send(client)
    assert answer.status_code == 200
    assert answer.json()["state"] == "stored"
    assert answer.headers["cache-control"] == "private, no-store"
    assert messages.taken == [("judge", "m1", BODY)]
    entry = log.entries[0]
    assert (entry.actor, entry.operation, entry.target, entry.outcome) == (
        "webhook:judge:m1", "takeWebhook", "tip-bench-x", "done",
    )  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-timestamp": str(NOW - 301)},
        {"webhook-id": "m2"},
    ],
)
def test_a_bad_or_stale_signature_is_401(client: Any, messages: Any, log: Any, changed: dict[str, str]) -> None:
    """Nothing is asked and nothing noted."""
    assert send(client, BODY, **{key.replace("_", "-"): value for key, value in changed.items()}).status_code == 401
    assert client.request("POST", "/webhooks/judge", content=BODY).status_code == 401
    assert messages.taken == log.entries == []


def test_a_body_beyond_the_limit_is_413(client: Any, messages: Any) -> None:
    """Before its signature is looked at."""
    assert send(client, b"x" * 1001).status_code == 413
    assert messages.taken == []


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(Conflict("x"), 409), (NotFound("x"), 404), (InvalidInput("x", ("body",)), 422), (Unavailable("x"), 503)],
)
def test_refusals_have_their_status_and_code(
    client: Any, messages: Any, log: Any, refusal: Refusal, status: int
) -> None:
    """The same codes as everywhere, and a row that says so."""

    def refuse() -> Receipt:
        raise refusal

    messages.answer = refuse
    answer = send(client)
    assert (answer.status_code, answer.json()["code"]) == (status, refusal.code)
    assert log.entries[0].outcome == refusal.code


def test_rejected_answers_are_422_with_the_problems(client: Any, messages: Any) -> None:
    """The receipt comes by line."""
    rejected = Receipt(
        sha256="0", experiment="tip-bench-x", judge=None, state="rejected", n_answers=0, n_problems=1,
        problems=[LineProblem(2, "no such item")],
    )  # fmt: skip
    messages.answer = lambda: rejected
    answer = send(client)
    assert answer.status_code == 422
    assert answer.json() == json.loads(msgspec.json.encode(rejected))


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_only_post_is_a_message(client: Any, messages: Any, method: str) -> None:
    """Anything else is 405."""
    assert client.request(method, "/webhooks/judge").status_code == 405
    assert messages.taken == []
