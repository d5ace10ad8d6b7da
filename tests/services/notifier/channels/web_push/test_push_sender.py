import asyncio
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from kit.egress.targets import Exceptions
from kit.egress.transport import GuardedTransport, Limits
from services.notifier.channels.sender import HandOver, Notice, Sender, SendOutcome
from services.notifier.channels.web_push.encryption import LARGEST
from services.notifier.channels.web_push.push_sender import PushSender, message_of
from services.notifier.channels.web_push.vapid_keys import VapidKeys, topic_of
from tests.services.notifier.channels.web_push.push_peer import NOW, PushPeer, with_push_peer

NOTICE = Notice(id="notice-1", topic="sleep", title="Schlaf früher", text="Heute um 22:30 ins Bett.", path="/tips/1")


def _sent(
    peer: PushPeer,
    folder: Path,
    address: Callable[[], str] | None = None,
    notice: Notice = NOTICE,
    exceptions: Exceptions | None = None,
) -> HandOver:
    """What became of a notice that was sent to the peer's subscription, or to the one given."""
    outcomes = list[HandOver]()

    async def story() -> None:
        known = frozenset({peer.pair}) if exceptions is None else exceptions
        async with GuardedTransport(exceptions=known, limits=Limits(total_s=5.0)) as transport:
            made = PushSender(
                VapidKeys(folder), transport, contact="mailto:us@tips.example", clock=lambda: NOW, exceptions=known
            )
            sender: Sender = made
            outcomes.append(await sender.send(notice, peer.address() if address is None else address()))

    with_push_peer(peer, story)
    return outcomes[0]


def test_a_browser_reads_what_was_sent(tmp_path: Path) -> None:
    """Encrypted for it, signed for its push service, with time to live, urgency and topic."""
    peer = PushPeer()
    assert _sent(peer, tmp_path) == HandOver(outcome=SendOutcome.DELIVERED, reason="accepted")
    assert peer.messages == [{"id": "notice-1", "title": NOTICE.title, "text": NOTICE.text, "path": "/tips/1"}]
    (head,) = peer.heads
    assert (head["ttl"], head["urgency"], head["topic"]) == ("86400", "normal", topic_of("notice-1"))
    assert head["content-encoding"] == "aes128gcm"
    assert peer.claims == [{"aud": peer.origin, "exp": int(NOW) + 43_200, "sub": "mailto:us@tips.example"}]


async def _hang(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.Response()


async def _drop(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _status(status: int, **headers: str) -> Callable[[web.Request], Any]:
    return lambda _: web.Response(
        status=status, headers={name.replace("_", "-"): each for name, each in headers.items()}
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (_status(201), ("delivered", "accepted", None, False)),
        (_status(404), ("refused", "subscription-ended", None, True)),
        (_status(410), ("refused", "subscription-ended", None, True)),
        (_status(413), ("refused", "too-large", None, False)),
        (_status(429, Retry_After="120"), ("later", "status-429", 120.0, False)),
        (_status(429, Retry_After=formatdate(NOW + 60, usegmt=True)), ("later", "status-429", 60.0, False)),
        (_status(429), ("later", "status-429", None, False)),
        (_status(503, Retry_After="9" * 400), ("later", "status-503", 86_400.0, False)),
        (_status(503, Retry_After="soon"), ("later", "status-503", None, False)),
        (_status(500), ("later", "status-500", None, False)),
        (_status(502), ("unknown", "status-502", None, False)),
        (_status(400), ("refused", "status-400", None, False)),
        (_status(403), ("refused", "status-403", None, False)),
        (_status(307, Location="http://127.0.0.1:1/"), ("refused", "status-307", None, False)),
        (_hang, ("unknown", "no-answer", None, False)),
        (_drop, ("unknown", "no-answer", None, False)),
    ],
)
def test_each_answer_of_a_push_service_has_its_outcome(
    tmp_path: Path, answer: Callable[[web.Request], Any], expected: tuple[str, str, float | None, bool]
) -> None:
    """What ended is pruned, what waits says how long, what nobody knows is not sent again; one request in any case."""
    peer = PushPeer(answers={"/send/one": answer})
    found = _sent(peer, tmp_path)
    assert (found.outcome, found.reason, found.retry_after_s, found.ends_address) == expected
    assert len(peer.messages) == 1


def test_a_service_that_is_not_there_surely_has_nothing(tmp_path: Path) -> None:
    """So the same may be sent later."""
    peer = PushPeer()
    closed = frozenset({("127.0.0.1", 1)})
    found = _sent(peer, tmp_path, lambda: peer.browser.subscription("http://127.0.0.1:1/x"), exceptions=closed)
    assert (found.outcome, found.reason) == (SendOutcome.LATER, "unreachable")


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [("https://127.0.0.1/x", "no-subscription"), ("https://localhost/x", "address-refused")],
)
def test_nothing_is_sent_inward(tmp_path: Path, endpoint: str, reason: str) -> None:
    """A private address is no subscription, and a name that leads to one is refused when it is resolved."""
    peer = PushPeer()

    async def run() -> HandOver:
        async with GuardedTransport() as transport:
            sender = PushSender(VapidKeys(tmp_path), transport, contact="mailto:a@b.example", clock=lambda: NOW)
            return await sender.send(NOTICE, peer.browser.subscription(endpoint))

    found = asyncio.run(run())
    assert (found.outcome, found.reason) == (SendOutcome.REFUSED, reason)
    assert found.ends_address == (reason == "no-subscription")


def test_a_subscription_is_signed_for_with_the_key_that_it_was_made_with(tmp_path: Path) -> None:
    """Also after a rotation; one whose key is no longer there ends, so that the browser subscribes again."""
    keys = VapidKeys(tmp_path)
    old = keys.current(NOW)
    new = keys.rotate(NOW + 1)
    for key in (old, new):
        peer = PushPeer()
        _sent(peer, tmp_path, lambda peer=peer, key=key: peer.address(server_key=key.public))  # type: ignore[misc]  # bound
        assert peer.signers == [key.public]
    peer = PushPeer()
    found = _sent(peer, tmp_path, lambda: peer.address(server_key="retired"))
    assert (found.reason, found.ends_address, peer.messages) == ("key-retired", True, [])


@given(st.text(max_size=6000), st.sampled_from(["a", "ä", "\U0001f6cf", '"', "\x01", "x" * 4100]))
def test_a_message_fits_or_is_cut(text: str, more: str) -> None:
    """At the end of its text, between two characters, whatever they take when they are written."""
    notice = Notice(id="1", topic="t", title="T" * 1000, text=(text + more) * 2)
    message = message_of(notice)
    assert message is not None
    assert len(message) <= LARGEST
    assert message.decode()
    assert len(message) > LARGEST - 20 or "…" not in message.decode()


def test_a_large_text_is_cut_and_arrives(tmp_path: Path) -> None:
    """4 KB of text, and a path that leaves no space for any is refused."""
    peer = PushPeer()
    assert _sent(peer, tmp_path, notice=Notice(id="1", topic="t", title="T", text="ä" * 4096)).outcome == "delivered"
    assert peer.messages[0]["text"].startswith("ä" * 1900)
    assert peer.messages[0]["text"].endswith("…")
    assert len(peer.heads[0]) > 5
    assert int(peer.heads[0]["content-length"]) <= 4096
    assert (
        _sent(peer, tmp_path, notice=Notice(id="1", topic="t", title="T", text="x", path="/" * 4096)).reason
        == "too-large"
    )
