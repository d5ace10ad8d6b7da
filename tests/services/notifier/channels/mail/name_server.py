"""A name server on loopback that has the TXT records a test gives it, and a function that asks it."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import dns.message
import dns.query
import dns.rdatatype
import dns.rrset

from tests.deadline import DEADLINE_S


@contextmanager
def serving_txt(records: Mapping[str, bytes]) -> Iterator[Callable[..., bytes | None]]:
    """Serve the records by UDP while the block runs; yield what asks for one, None where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(listening, records))
        thread.start()

        def look_up(name: bytes, **_: object) -> bytes | None:
            query = dns.message.make_query(name.decode(), dns.rdatatype.TXT, use_edns=True, payload=4096)
            answer = dns.query.udp(query, "127.0.0.1", port=port, timeout=DEADLINE_S)
            texts = [b"".join(each.strings) for found in answer.answer for each in found]
            return texts[0] if texts else None

        try:
            yield look_up
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"", ("127.0.0.1", port))
            thread.join()


def _serve(listening: socket.socket, records: Mapping[str, bytes]) -> None:
    while True:
        data, sender = listening.recvfrom(4096)
        if not data:
            return
        query = dns.message.from_wire(data)
        answer, name = dns.message.make_response(query), query.question[0].name
        text = records.get(name.to_text())
        if text is not None:
            parts = " ".join(f'"{text[at : at + 200].decode()}"' for at in range(0, len(text), 200))
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", parts))
        listening.sendto(answer.to_wire(max_size=4096), sender)
