"""Waiting in virtual time."""

import asyncio
import socket

import pytest

from tests.virtual_time import GRACE_S, run_in_virtual_time


def test_the_clock_jumps_from_timer_to_timer_in_order() -> None:
    """Whatever waits a day is done at once, the shorter wait first, and a timeout ends what never comes."""
    seen: list[tuple[str, float]] = []

    async def wait(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append((name, asyncio.get_running_loop().time()))

    async def run() -> None:
        await asyncio.gather(wait("late", 86_400.0), wait("soon", 5.0))
        async with asyncio.timeout(60.0):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        run_in_virtual_time(run())
    assert [name for name, _ in seen] == ["soon", "late"]
    assert [at for _, at in seen] == pytest.approx([5.0, 86_400.0])


def test_it_stands_while_bytes_are_on_their_way() -> None:
    """What one end of a socket sends comes before a timer at the other end that is due much sooner."""

    async def run() -> tuple[bytes, float]:
        loop = asyncio.get_running_loop()
        one, other = socket.socketpair()
        with one, other:
            one.setblocking(False)
            other.setblocking(False)
            async with asyncio.timeout(1e-6):
                sending = loop.create_task(loop.sock_sendall(one, b"x"))
                found = await loop.sock_recv(other, 1)
                await sending
            return found, loop.time()

    assert run_in_virtual_time(run(), GRACE_S) == (b"x", 0.0)
