"""A relay in a thread of its own: aiosmtpd behind STARTTLS with a certificate of the test's, which answers as set."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.deadline import DEADLINE_S

DROPS = "drops"


@dataclass
class RelayPeer:
    """`receivers` maps an address to what RCPT is answered; a `data` of DROPS closes the connection after DATA.

    With `hangs` it calls that once a mail has come, and answers nothing.
    """

    receivers: dict[str, str] = field(default_factory=dict)
    data: str = "250 taken"
    hangs: Callable[[], object] | None = None
    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer for a receiver."""
        del server, session, options
        answer = self.receivers.get(address, "250 fine")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # the same
        """Take the mail, or drop the connection once it has come."""
        del session
        self.envelopes.append(envelope)
        if self.hangs is not None:
            self.hangs()
            await asyncio.Event().wait()
        if self.data == DROPS and server.transport is not None:
            server.transport.close()
        return self.data


@contextmanager
def relay_in_thread(peer: RelayPeer, tls: ssl.SSLContext) -> Iterator[None]:
    """Let the relay listen on loopback while the block runs; it takes nothing before STARTTLS."""
    begun, ended = threading.Event(), threading.Event()

    async def run() -> None:
        def connected() -> SMTP:
            return SMTP(peer, hostname="relay.example", tls_context=tls, require_starttls=True)

        server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
        async with server:
            peer.port = server.sockets[0].getsockname()[1]
            begun.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert begun.wait(DEADLINE_S)
        yield
    finally:
        ended.set()
        thread.join()
