import gzip
import tracemalloc
import zlib

import pytest

from kit.egress.transport import EgressFailed, GuardedTransport, Limits, PeerAnswer
from tests.kit.egress.raw_peer import Answering, RawPeer, StubNames, endless, never, sending, with_peer

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\n"
LIMITS = Limits(total_s=5.0, head=8 * 1024, body=64 * 1024)


def _requested(answer: Answering) -> PeerAnswer:
    peer = RawPeer({"/": answer})

    async def story() -> PeerAnswer:
        async with GuardedTransport(exceptions=frozenset({peer.pair}), limits=LIMITS, resolve=StubNames()) as transport:
            return await transport.request("GET", peer.url())

    return with_peer(peer, story)


def _sized(head: bytes, body: bytes) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _bomb(layers: int) -> bytes:
    data = b"\0" * (20 << 20)
    for _ in range(layers):
        data = gzip.compress(data, 9)
    return data


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (endless(OK + b"Content-Length: 99999999999\r\n\r\n", b"x" * 10_000), "over 65536 bytes"),
        (endless(CHUNKED, b"2710\r\n" + b"x" * 10_000 + b"\r\n"), "over 65536 bytes"),
        (endless(CHUNKED, b"1\r\nx\r\n" * 2000), "sent more|over 65536"),
        (endless(CHUNKED, b"0000000001;" + b"e" * 4000 + b"\r\nx\r\n"), "sent more|no HTTP"),
        (endless(CHUNKED + b"0\r\n", b"Trailer: x\r\n" * 500), "sent more|no HTTP"),
        (endless(OK, b"X: " + b"y" * 1000 + b"\r\n"), "sent more"),
        (endless(b"", b"x" * 1000), "sent more|no HTTP"),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "sent more|within 5 s"),
        (never, "within 5 s"),
        (endless(OK, b"X: y\r\n", 1.0), "within 5 s"),
        (endless(OK + b"Content-Length: 1000\r\n\r\n", b"x", 1.0), "within 5 s"),
        (sending(OK + b"Content-Length: 10\r\n\r\nhalf"), "no HTTP"),
        (sending(b"SSH-2.0-OpenSSH\r\n\r\n"), "no HTTP"),
        (sending(b""), "no HTTP"),
        (sending(_sized(OK + b"Content-Length: 7\r\n", b"12")), "no HTTP"),
        (sending(_sized(GZIP, _bomb(1))), "over 65536 bytes"),
        (sending(_sized(GZIP, gzip.compress(b"x" * 1000)[:-9])), "cut off"),
        (sending(_sized(GZIP, b"no gzip")), "not the gzip"),
        (sending(_sized(GZIP, gzip.compress(b"x") * 2)), "after its gzip"),
        (sending(_sized(OK + b"Content-Encoding: br\r\n", b"x")), "not wanted"),
        (sending(_sized(OK + b"Content-Encoding: gzip, gzip\r\n", _bomb(2))), "not wanted"),
    ],
    ids=range(21),
)
def test_a_peer_that_never_ends_is_left(answer: Answering, said: str) -> None:
    """In bytes of the head, of the body, of its framing and after decompression, and in time: one sentence each."""
    with pytest.raises(EgressFailed, match=said) as failed:
        _requested(answer)
    assert failed.value.sent


def test_a_bomb_costs_no_memory() -> None:
    """20 MB of zeros in 20 kB are never made."""
    sent = sending(_sized(GZIP, _bomb(1)))
    tracemalloc.start()
    try:
        with pytest.raises(EgressFailed):
            _requested(sent)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, 1000, LIMITS.body])
def test_a_body_within_its_limit_is_read_whole(size: int) -> None:
    """Plain, chunked, compressed, or until the connection ends."""
    body = b"x" * size
    packed = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:]) if part) + b"0\r\n\r\n"
    for answer in (
        _sized(OK, body),
        CHUNKED + chunks,
        OK + b"\r\n" + body,
        _sized(GZIP, packed.compress(body) + packed.flush()),
    ):
        assert _requested(sending(answer)).body == body


def test_an_empty_answer_may_say_that_it_is_compressed() -> None:
    """As some servers do of a 304 or of nothing at all."""
    assert _requested(sending(_sized(GZIP, b""))).body == b""
