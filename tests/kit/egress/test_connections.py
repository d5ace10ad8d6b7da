"""Connections that are used again: by their own origin, so many at a time, and none that its peer has closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from kit.egress.connections import CONNECTIONS
from kit.egress.targets import Exceptions
from kit.egress.transport import EgressFailed, GuardedTransport
from tests.kit.egress.raw_peer import HELLO, RawPeer, StubNames, listening, never, sending, with_peer

MANY = 40
"""Requests at a time: more than httpcore's own pool would have left open with a limit of 16."""


class CountingPeer(RawPeer):
    """A peer that counts the connections to it."""

    connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count one more."""
        self.connections += 1
        await super().serve(reader, writer)


@asynccontextmanager
async def sending_to(*peers: RawPeer) -> AsyncIterator[GuardedTransport]:
    """A transport that may reach the peers, which listen."""
    async with AsyncExitStack() as stack:
        for peer in peers:
            await stack.enter_async_context(listening(peer, None))
        pairs: Exceptions = frozenset(peer.pair for peer in peers)
        yield await stack.enter_async_context(GuardedTransport(exceptions=pairs, resolve=StubNames()))


def test_many_at_a_time_leave_connections_that_the_next_ones_use() -> None:
    """However many go at once: a second round opens none."""
    peer = CountingPeer({"/": sending(HELLO)}, stays_open=True)

    async def story() -> None:
        async with sending_to(peer) as transport:
            for _ in range(2):
                answers = await asyncio.gather(*(transport.request("GET", peer.url()) for _ in range(MANY)))
                assert {answer.body for answer in answers} == {b"hello"}

    with_peer(RawPeer({}), story)
    assert peer.connections == MANY
    assert len(peer.heads) == 2 * MANY


def test_a_connection_serves_its_own_origin() -> None:
    """Another peer gets one of its own, and what rests longest makes room where so many are open."""
    peers = [CountingPeer({"/": sending(HELLO)}, stays_open=True) for _ in range(2)]

    async def story() -> None:
        async with sending_to(*peers) as transport:
            await asyncio.gather(*(transport.request("GET", peers[0].url()) for _ in range(CONNECTIONS)))
            for _ in range(2):
                for peer in peers:
                    assert (await transport.request("GET", peer.url())).body == b"hello"

    with_peer(RawPeer({}), story)
    assert [peer.connections for peer in peers] == [CONNECTIONS, 1]


def test_no_more_than_so_many_are_open_at_a_time() -> None:
    """The next request waits until one of them ends."""
    peer = CountingPeer({"/": never, "/quick": sending(HELLO)}, stays_open=True)

    async def story() -> None:
        async with sending_to(peer) as transport:
            requests = [asyncio.ensure_future(transport.request("GET", peer.url())) for _ in range(CONNECTIONS)]
            await asyncio.sleep(1)
            quick = asyncio.ensure_future(transport.request("GET", peer.url("/quick")))
            await asyncio.sleep(1)
            assert not quick.done()
            ended = await asyncio.gather(*requests, return_exceptions=True)
            assert all(isinstance(each, EgressFailed) for each in ended)
            assert (await quick).body == b"hello"

    with_peer(RawPeer({}), story)
    assert peer.connections == CONNECTIONS + 1


def test_what_was_cut_off_is_not_used_again() -> None:
    """A request that is cancelled takes its connection with it; the next two share another one."""
    peer = CountingPeer({"/": sending(HELLO), "/never": never}, stays_open=True)

    async def story() -> None:
        async with sending_to(peer) as transport:
            await transport.request("GET", peer.url())
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await transport.request("GET", peer.url("/never"))
            await transport.request("GET", peer.url())
            assert peer.connections == 2
            await transport.request("GET", peer.url())

    with_peer(RawPeer({}), story)
    assert peer.connections == 2


def test_what_its_peer_has_closed_is_not_used_again() -> None:
    """The next request opens another one, and is answered."""
    peer = CountingPeer({"/": sending(HELLO)})

    async def story() -> None:
        async with sending_to(peer) as transport:
            for _ in range(3):
                assert (await transport.request("GET", peer.url())).body == b"hello"
                await asyncio.sleep(1)

    with_peer(RawPeer({}), story)
    assert peer.connections == 3
