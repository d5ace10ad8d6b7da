"""Mails of notices written, signed with DKIM and handed over to a relay in a process of its own, one core each."""

import argparse
import asyncio
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.notices.handover import OURS, PEERS, pin
from services.notifier.channels.mail.dkim_signing import DkimSigner
from services.notifier.channels.mail.mail_sender import MailRelay, MailSender
from services.notifier.channels.mail.message import compose
from services.notifier.channels.sender import Notice, SendOutcome
from services.notifier.release import CALLS
from tests.services.notifier.channels.mail.smtp_peer import SmtpPeer

MAILS, BITS = 300, 2048
SENDER, RECEIVER, ORIGIN = "tips@tips.example", "ada@home.example", "https://tips.example"
NOW = 1_800_000_000.0


def relay(port: Connection) -> None:
    """Take every mail; its port goes through the pipe."""

    async def serve() -> None:
        server = await asyncio.start_server(SmtpPeer().serve, "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    pin(PEERS)
    asyncio.run(serve())


def notices(number: int) -> list[Notice]:
    """Notices with both links, as every mail has them."""
    return [
        Notice(
            id=f"notice-{each}",
            topic="sleep",
            title="A tip",
            text="Go to bed early.",
            unsubscribe=f"{ORIGIN}/unsubscribe/{'x' * 150}",
            settings=f"{ORIGIN}/settings/{'x' * 150}",
        )
        for each in range(number)
    ]


def cpu_of(do: Callable[[Notice], object], given: Sequence[Notice]) -> float:
    """Milliseconds of CPU time each."""
    began = time.process_time()
    for each in given:
        do(each)
    return 1000 * (time.process_time() - began) / len(given)


def handed_over(sender: MailSender, given: Sequence[Notice]) -> tuple[float, float]:
    """Mails a second, and milliseconds of CPU time each, as many at a time as the release sends."""
    taken: list[SendOutcome] = []

    async def all_mails() -> None:
        calls = asyncio.Semaphore(CALLS)

        async def one(notice: Notice) -> None:
            async with calls:
                taken.append((await sender.send(notice, RECEIVER)).outcome)

        await asyncio.gather(*map(one, given))

    began, cpu = time.perf_counter(), time.process_time()
    asyncio.run(all_mails())
    rate = len(given) / (time.perf_counter() - began)
    if taken.count(SendOutcome.DELIVERED) != len(given):
        print("not all were delivered: this machine is too busy for the figures")
    return rate, 1000 * (time.process_time() - cpu) / len(given)


def main() -> None:
    """Print a line a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mails", nargs="?", type=int, default=MAILS)
    given = notices(parser.parse_args().mails)
    key = rsa.generate_private_key(public_exponent=65_537, key_size=BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    signer = DkimSigner.of("tips.example", "tips", pem)
    mail = compose(given[0], SENDER, RECEIVER, ORIGIN, NOW)
    signer.signed(mail)
    ours, theirs = get_context("spawn").Pipe()
    service = get_context("spawn").Process(target=relay, args=(theirs,), daemon=True)
    service.start()
    port = ours.recv()
    pin(OURS)
    written = cpu_of(lambda each: compose(each, SENDER, RECEIVER, ORIGIN, NOW), given)
    signed = cpu_of(lambda _: signer.signed(mail), given)
    print(f"ms of CPU time a mail: {written:.2f} to write it, {signed:.2f} to sign it (RSA of {BITS} bits)")
    for said, by in (("without a signature", None), ("signed", signer)):
        to = MailRelay(host="127.0.0.1", port=port, tls="none")
        sender = MailSender(to, sender=SENDER, origin=ORIGIN, clock=lambda: NOW, signer=by)
        rate, cpu_ms = handed_over(sender, given)
        print(f"handed over {said}: {rate:,.0f} mails a second, {cpu_ms:.2f} ms of CPU time each")
    service.terminate()
    service.join()


if __name__ == "__main__":
    main()
