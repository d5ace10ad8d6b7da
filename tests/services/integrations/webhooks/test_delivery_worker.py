"""Messages on their way to a receiver that another program's signatures are verified by."""

import contextlib
import multiprocessing
import os
import re
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.integrations.webhooks import MessageState
from services.integrations.webhooks.message_queue import CLAIM_S
from tests.deadline import DEADLINE_S
from tests.services.integrations.calendar_peer import Answering, status
from tests.services.integrations.receiver_peer import ReceiverPeer
from tests.services.integrations.webhooks.webhook_world import PUBLISHED, WebhookWorld

DOCUMENT = Path(__file__).parents[4] / "docs" / "webhooks.md"


def test_an_event_reaches_its_receiver_signed(hooks: WebhookWorld) -> None:
    """Once, as JSON that the package standardwebhooks verifies with the secret that was shown once."""
    made = hooks.make()
    event = hooks.publish()
    hooks.send()
    (received,) = hooks.receiver.received
    assert received.verified(made.secret) == {
        "type": "leaderboard.published",
        "timestamp": event.time,
        "data": {"experiment": "tip-bench-a", "data_hash": "a" * 64, "published_at": PUBLISHED.published_at},
    }
    assert received.headers["content-type"] == "application/json"
    (message,) = hooks.messages()
    assert (message.id, message.state) == (received.id, MessageState.DELIVERED)
    assert [(each.outcome, each.status) for each in message.attempts] == [("taken", 204)]
    assert "." not in message.id


def test_the_code_for_receivers_verifies_it(here: WebhookWorld) -> None:
    """That of docs/webhooks.md, with the old secret too after a rotation; another body or time does not hold."""
    (code,) = re.findall("```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102  # as it stands in the document
    made = here.make()
    new = here.integrations.rotate_webhook(made.webhook.id)
    here.publish()
    here.send()
    (received,) = here.receiver.received
    is_ours = found["is_ours"]
    found["time"] = SimpleNamespace(time=here.clock)
    assert [is_ours(secret, received.headers, received.body) for secret in (made.secret, new.secret)] == [True, True]
    assert not is_ours(made.secret, received.headers, received.body + b" ")
    here.now += 301.0
    assert not is_ours(new.secret, received.headers, received.body)


def test_another_secret_does_not_verify(here: WebhookWorld) -> None:
    """Two webhooks, each with a secret of its own."""
    first, second = here.make("/a"), here.make("/b")
    here.publish()
    here.send()
    at = {each.path: each for each in here.receiver.received}
    assert at["/a"].verified(first.secret) == at["/b"].verified(second.secret)
    with pytest.raises(Exception, match="No matching signature"):
        at["/a"].verified(second.secret)


def test_what_is_not_taken_is_sent_again_under_the_same_id(hooks: WebhookWorld) -> None:
    """After five seconds, then five minutes, with the same bytes and a timestamp of its own."""
    made = hooks.make()
    hooks.receiver.answers["/hook"] = status(500)
    hooks.publish()
    hooks.send()
    assert not hooks.worker.step()
    hooks.now += 5.0
    hooks.send()
    hooks.receiver.answers.clear()
    hooks.now += 300.0
    hooks.send()
    assert [each.id for each in hooks.receiver.received] == [hooks.messages()[0].id] * 3
    assert len({each.body for each in hooks.receiver.received}) == 1
    assert len({each.headers["webhook-timestamp"] for each in hooks.receiver.received}) == 3
    assert hooks.only().failing_since is None
    hooks.receiver.received[0].verified(made.secret)


def test_a_receiver_that_is_slow_holds_up_no_other(here: WebhookWorld) -> None:
    """Two requests wait for it, the others are answered meanwhile."""
    let_go = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        let_go.wait(DEADLINE_S)
        status(204)(handler)

    here.receiver.answers["/slow"] = slow
    here.make("/slow")
    here.make("/quick")
    for _ in range(5):
        here.publish()
    try:
        while sum(each.path == "/quick" for each in here.receiver.received) < 5:
            assert here.worker.step()
        assert sum(each.path == "/slow" for each in here.receiver.received) == 2
    finally:
        let_go.set()
    here.send()
    assert {each.state for each in here.messages()} == {MessageState.DELIVERED}


def _send_until_killed(root: Path, receiver: ReceiverPeer) -> None:
    world = WebhookWorld(root, receiver)
    world.send()


def test_a_worker_that_is_killed_loses_nothing(here: WebhookWorld) -> None:
    """Killed while the receiver has the request and has not answered: the message goes again, under the same id."""
    here.make()
    here.publish()
    arrived = threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        arrived.set()
        handler.rfile.read(1)  # until the other side leaves

    here.receiver.answers["/hook"] = hang
    peer = ReceiverPeer(port=here.receiver.port)
    killed = multiprocessing.get_context("spawn").Process(target=_send_until_killed, args=(here.home.root, peer))
    killed.start()
    assert arrived.wait(DEADLINE_S)
    assert killed.pid is not None
    os.kill(killed.pid, signal.SIGKILL)
    killed.join(DEADLINE_S)
    here.receiver.answers.clear()
    assert here.messages()[0].state is MessageState.WAITING
    here.now = time.time() + CLAIM_S  # the killed one claimed by its own clock, however late it began
    here.send()
    assert len({each.id for each in here.receiver.received}) == 1
    assert len(here.receiver.received) == 2
    assert here.messages()[0].state is MessageState.DELIVERED


def test_a_worker_that_ends_leaves_what_was_not_answered(here: WebhookWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its claim is over in a minute, and another worker sends it then."""
    monkeypatch.setattr("services.integrations.webhooks.delivery_worker.GRACE_S", 0.05)
    here.make()
    here.publish()
    here.receiver.answers["/hook"] = lambda handler: [handler.rfile.read(1)].clear()  # until the other side leaves
    assert here.worker.step()
    here.worker.stop()
    assert not here.worker.step()
    here.worker.close()
    here.receiver.answers.clear()
    here.worker = here.new_worker()
    assert not here.worker.step()
    here.now += CLAIM_S
    here.send()
    assert here.messages()[0].state is MessageState.DELIVERED


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x" * 65_536)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (_endless, "over 65536 bytes"),
        (status(200, b"x" * 10_000_000), "over 65536 bytes"),
        (status(302, Location="http://169.254.169.254/"), "a redirect, which is not followed"),
        (status(400, b"\xff\x00\xfe"), "not taken"),
    ],
)
def test_no_answer_costs_more_than_its_bound(here: WebhookWorld, answer: Answering, outcome: str) -> None:
    """One that never ends, 10 MB, a redirect inward, bytes that are no text: each is a failure that is tried again."""
    here.make()
    here.receiver.answers["/hook"] = answer
    here.publish()
    here.send()
    (message,) = here.messages()
    assert outcome in message.attempts[0].outcome
    assert message.state is MessageState.WAITING
    assert len(here.receiver.received) == 1
