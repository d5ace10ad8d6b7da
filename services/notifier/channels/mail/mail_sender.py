"""Hands mails over to the relay of the settings, and reads its answers as outcomes."""

import asyncio
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from services.notifier.channels.mail.dkim_signing import DkimSigner
from services.notifier.channels.mail.message import BadMail, compose, read_address
from services.notifier.channels.sender import HandOver, Notice, SendOutcome

if TYPE_CHECKING:
    from aiosmtplib import SMTP

TOTAL_S = 30.0
"""How long one hand-over takes at most, connecting included."""
ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
NO_SUCH_MAILBOX = frozenset({"1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
"""Enhanced codes (RFC 3463) that say that the address will never take anything."""
NO_MAILBOX_CODES = frozenset({550, 551, 553})
"""What says so where a relay sends no enhanced code."""


@dataclass(frozen=True, kw_only=True)
class MailRelay:
    """The mail server that takes our mails, as an operator named it; `tls` is how the connection is protected."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    trust: ssl.SSLContext | None = field(default=None, repr=False)


class MailSender:
    """Implements services.notifier.channels.sender.Sender for mail.

    `sender` is the address in From; `return_path` gives that to which bounces of a receiver go, without one it is the
    sender. `origin` is that of the app, for links. `clock` gives Unix seconds.
    """

    channel = "email"

    def __init__(
        self,
        relay: MailRelay,
        *,
        sender: str,
        origin: str,
        clock: Callable[[], float],
        signer: DkimSigner | None = None,
        return_path: Callable[[str], str] | None = None,
        total_s: float = TOTAL_S,
    ) -> None:
        self._relay, self._sender, self._origin = relay, read_address(sender), origin
        self._clock, self._signer, self._total_s = clock, signer, total_s
        self._return_path = return_path or (lambda _: self._sender)

    async def send(self, notice: Notice, address: str) -> HandOver:
        """Send the notice to a mail address once; from DATA on, what is not answered is unknown."""
        try:
            receiver = read_address(address)
        except BadMail:
            return HandOver(outcome=SendOutcome.REFUSED, reason="no-address", ends_address=True)
        try:
            mail = compose(notice, self._sender, receiver, self._origin, self._clock())
        except BadMail:
            return HandOver(outcome=SendOutcome.REFUSED, reason="bad-header")
        signed = mail if self._signer is None else self._signer.signed(mail)
        return await self._handed_over(signed, receiver)

    async def _handed_over(self, mail: bytes, receiver: str) -> HandOver:
        from aiosmtplib import SMTP, SMTPException, SMTPResponseException  # sockets: only where mail is sent

        client = SMTP(
            hostname=self._relay.host,
            port=self._relay.port,
            use_tls=self._relay.tls == "tls",
            start_tls=self._relay.tls == "starttls",
            tls_context=self._relay.trust,
            timeout=self._total_s,
            local_hostname=self._sender.partition("@")[2],
        )
        step = "connect"
        try:
            async with asyncio.timeout(self._total_s):
                await client.connect()
                if self._relay.username is not None:
                    step = "login"
                    await client.login(self._relay.username, self._relay.password or "")
                step = "sender"
                await client.mail(self._return_path(receiver))
                step = "receiver"
                await client.rcpt(receiver)
                step = "data"
                await client.data(mail)
        except SMTPResponseException as error:
            return answered(step, error.code, error.message)
        except (SMTPException, TimeoutError, OSError, ValueError):
            if step == "data":
                return HandOver(outcome=SendOutcome.UNKNOWN, reason="no-answer")
            return HandOver(outcome=SendOutcome.LATER, reason=f"unreachable-{step}")
        finally:
            with suppress(SMTPException, OSError):
                await _closed(client)
        return HandOver(outcome=SendOutcome.DELIVERED, reason="accepted")


async def _closed(client: "SMTP") -> None:
    """Say goodbye to the relay, and return once the socket is closed: the loop may end before the relay's goodbye."""
    transport = client.transport
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
    await asyncio.sleep(0)  # in which the loop closes the socket


def answered(step: str, code: int, message: Any) -> HandOver:
    """Return what a refusing answer means at that step of the conversation; its text goes nowhere.

    4xx is later. 5xx is for good, except while connecting and signing in, where whoever runs Tipbench can mend it. It
    ends the address if it is about the mailbox. What is no answer to a mail leaves it unknown.
    """
    reason = f"{step}-{code}"
    if step == "data" and not 400 <= code < 600:
        return HandOver(outcome=SendOutcome.UNKNOWN, reason="no-answer")
    if not 500 <= code < 600 or step in {"connect", "login"}:
        return HandOver(outcome=SendOutcome.LATER, reason=reason)
    enhanced = ENHANCED.match(str(message))
    about_mailbox = code in NO_MAILBOX_CODES if enhanced is None else f"{enhanced[2]}.{enhanced[3]}" in NO_SUCH_MAILBOX
    return HandOver(outcome=SendOutcome.REFUSED, reason=reason, ends_address=step == "receiver" and about_mailbox)
