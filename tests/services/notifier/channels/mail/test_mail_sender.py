import asyncio
import gc
import socket
import ssl
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifier.channels.mail.mail_sender import MailRelay, MailSender, answered
from services.notifier.channels.sender import HandOver, Notice, Sender, SendOutcome
from tests.services.notifier.channels.mail.relay_peer import RelayPeer, relay_in_thread
from tests.services.notifier.channels.mail.smtp_peer import DROP, HANG, NOW, SmtpPeer, with_smtp_peer
from tests.story.peers.apple import Authority

NOTICE = Notice(
    id="1", topic="t", title="Schlaf", text=".\r\n..\r\nGute Nacht.", unsubscribe="https://tips.example/u/1"
)


def _sent(peer: SmtpPeer, address: str = "reader@home.example", notice: Notice = NOTICE) -> HandOver:
    outcomes = list[HandOver]()

    async def story() -> None:
        relay = MailRelay(host="127.0.0.1", port=peer.port, tls="none")
        sender: Sender = MailSender(
            relay, sender="tips@tips.example", origin="https://tips.example", clock=lambda: NOW, total_s=5.0
        )
        outcomes.append(await sender.send(notice, address))

    with_smtp_peer(peer, story)
    return outcomes[0]


def test_a_mail_is_handed_over_whole() -> None:
    """To one receiver, from the address that bounces go to; lines that begin with a dot arrive."""
    peer = SmtpPeer()
    assert _sent(peer) == HandOver(outcome=SendOutcome.DELIVERED, reason="accepted")
    assert [command for command in peer.commands if command[:4] in {"MAIL", "RCPT"}] == [
        "MAIL FROM:<tips@tips.example>",
        "RCPT TO:<reader@home.example>",
    ]
    assert len(peer.mails) == 1


@pytest.mark.parametrize(
    ("step", "answer", "expected"),
    [
        ("greeting", "421 busy", ("later", False)),
        ("greeting", "554 no", ("later", False)),
        ("greeting", HANG, ("later", False)),
        ("greeting", DROP, ("later", False)),
        ("greeting", "SSH-2.0", ("later", False)),
        ("MAIL", "451 later", ("later", False)),
        ("MAIL", "550 5.7.1 not you", ("refused", False)),
        ("MAIL", DROP, ("later", False)),
        ("RCPT", "450 4.2.1 greylisted", ("later", False)),
        ("RCPT", "452 full", ("later", False)),
        ("RCPT", "550 5.1.1 no such user", ("refused", True)),
        ("RCPT", "550 no such user", ("refused", True)),
        ("RCPT", "550 5.7.1 policy", ("refused", False)),
        ("RCPT", "552 5.2.2 full", ("refused", False)),
        ("RCPT", HANG, ("later", False)),
        ("RCPT", DROP, ("later", False)),
        ("DATA", "451 later", ("later", False)),
        ("DATA", "554 no", ("refused", False)),
        ("DATA", HANG, ("unknown", False)),
        ("DATA", DROP, ("unknown", False)),
        ("end", "451 later", ("later", False)),
        ("end", "550 5.1.1 spam", ("refused", False)),
        ("end", HANG, ("unknown", False)),
        ("end", DROP, ("unknown", False)),
        ("end", "nonsense", ("unknown", False)),
    ],
)
def test_each_answer_of_a_relay_has_its_outcome(step: str, answer: str, expected: tuple[str, bool]) -> None:
    """4xx is later, 5xx for good, and from DATA on a silence or a drop is unknown; one conversation in any case."""
    peer = SmtpPeer({step: answer})
    found = _sent(peer)
    assert (found.outcome, found.ends_address) == expected
    assert sum(command.startswith("MAIL") for command in peer.commands) == (0 if step == "greeting" else 1)
    assert "home.example" not in found.reason


def test_a_relay_that_is_not_there_surely_has_nothing() -> None:
    """So the same may be sent later."""
    relay = MailRelay(host="127.0.0.1", port=1, tls="none")
    sender = MailSender(relay, sender="a@tips.example", origin="https://tips.example", clock=lambda: NOW)
    assert asyncio.run(sender.send(NOTICE, "b@home.example")).outcome == SendOutcome.LATER


def _sockets_to(port: int) -> list[socket.socket]:
    """The open sockets of this process that are connected to a port."""
    found = []
    for each in [one for one in gc.get_objects() if isinstance(one, socket.socket)]:
        with suppress(OSError):
            if each.getpeername()[1:2] == (port,):
                found.append(each)
    return found


def test_the_connection_is_closed_once_a_mail_was_sent(tmp_path: Path) -> None:
    """Without waiting for the relay's end of TLS: the loop may stop now, and none is left to the garbage collector."""
    authority, relay = Authority(tmp_path), RelayPeer()
    trust = ssl.create_default_context(cafile=str(tmp_path / "authority.pem"))

    async def story() -> None:
        there = MailRelay(host="127.0.0.1", port=relay.port, trust=trust)
        sender = MailSender(there, sender="a@tips.example", origin="https://tips.example", clock=lambda: NOW)
        assert (await sender.send(NOTICE, "b@home.example")).outcome == SendOutcome.DELIVERED
        assert _sockets_to(relay.port) == []

    with relay_in_thread(relay, authority.served()):
        asyncio.run(story())


def test_a_relay_without_tls_gets_neither_password_nor_mail() -> None:
    """STARTTLS is needed unless the settings say otherwise."""
    peer = SmtpPeer()
    outcomes = list[HandOver]()

    async def story() -> None:
        relay = MailRelay(host="127.0.0.1", port=peer.port, username="us", password="planted")
        assert "planted" not in repr(relay)
        sender = MailSender(relay, sender="a@tips.example", origin="https://tips.example", clock=lambda: NOW)
        outcomes.append(await sender.send(NOTICE, "b@home.example"))

    with_smtp_peer(peer, story)
    assert outcomes[0].outcome == SendOutcome.LATER
    assert not any("AUTH" in command or "MAIL" in command for command in peer.commands)


@pytest.mark.parametrize(
    "address", ["", "a@b.example\r\nRCPT TO:<x@y.example>", "a@b.example>\r\nDATA", "<a@b.example>"]
)
def test_an_address_that_is_none_ends(address: str) -> None:
    """Nothing of it comes to the relay."""
    peer = SmtpPeer()
    found = _sent(peer, address)
    assert (found.outcome, found.ends_address, peer.commands) == (SendOutcome.REFUSED, True, [])


def test_a_title_with_a_line_break_is_refused() -> None:
    """Before anything is sent, and the address stays."""
    peer = SmtpPeer()
    found = _sent(peer, notice=replace_title("a\r\nBcc: x@y.example"))
    assert (found.outcome, found.reason, found.ends_address) == (SendOutcome.REFUSED, "bad-header", False)
    assert peer.commands == []


def replace_title(title: str) -> Notice:
    """The notice with another title."""
    return Notice(id=NOTICE.id, topic=NOTICE.topic, title=title, text=NOTICE.text)


class _Collector:
    """Collects what aiosmtpd took."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Take the mail."""
        del server, session
        self.envelopes.append(envelope)
        return "250 taken"


def test_aiosmtpd_reads_the_mail_as_it_was_written() -> None:
    """A server that others wrote."""
    collector = _Collector()

    async def run() -> HandOver:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(collector, hostname="home.example"), "127.0.0.1", 0)
        async with server:
            relay = MailRelay(host="127.0.0.1", port=server.sockets[0].getsockname()[1], tls="none")
            sender = MailSender(relay, sender="a@tips.example", origin="https://tips.example", clock=lambda: NOW)
            return await sender.send(NOTICE, "b@home.example")

    assert asyncio.run(run()).outcome == SendOutcome.DELIVERED
    (envelope,) = collector.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("a@tips.example", ["b@home.example"])
    assert isinstance(envelope.content, bytes)
    read = message_from_bytes(envelope.content, policy=default)
    assert read["List-Unsubscribe"] == "<https://tips.example/u/1>"
    text = read.get_body(("plain",))
    assert text is not None
    assert ".\n..\nGute Nacht." in text.get_content().replace("\r\n", "\n")


def test_signing_in_is_never_a_refusal_of_the_mail() -> None:
    """A wrong password is the operator's to mend; the notice waits."""
    assert answered("login", 535, "5.7.8 no").outcome == SendOutcome.LATER
    assert answered("receiver", 250, "odd").outcome == SendOutcome.LATER
    assert replace(MailRelay(host="x", port=1), tls="tls").tls == "tls"
