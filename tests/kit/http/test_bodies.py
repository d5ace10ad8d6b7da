"""Bodies within their limits of size and time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from contracts.refusals import Refusal
from kit.http.bodies import (
    Incomplete,
    LimitedBody,
    Message,
    Receive,
    TooLarge,
    TooSlow,
    body_parts,
    declared_length,
    read_body,
    replayed,
)
from kit.http.headers import Malformed, Scope

DISCONNECT: Message = {"type": "http.disconnect"}


def _part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def _receiving(*messages: Message, taken: list[int] | None = None) -> Receive:
    """These messages, and then nothing for ever."""
    waiting = list(messages)

    async def receive() -> Message:
        if taken is not None:
            taken.append(1)
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return receive


def _scope(length: str | None = None) -> Scope:
    return {"headers": [] if length is None else [(b"content-length", length.encode())]}


def _read(receive: Receive, limit: int = 4, length: str | None = None, within_s: float | None = None) -> bytes:
    return asyncio.run(read_body(_scope(length), receive, limit, within_s))


def test_a_body_is_read_to_its_end() -> None:
    """Up to its limit exactly, in one part or several, or empty."""
    assert _read(_receiving(_part(b"ab"), _part(b""), _part(b"cd", more=False))) == b"abcd"
    assert _read(_receiving({"type": "http.request"})) == b""


@pytest.mark.parametrize(
    ("messages", "length", "refusal"),
    [
        ([_part(b"ab"), _part(b"cde")], None, TooLarge),
        ([_part(b"abcde", more=False)], "4", TooLarge),
        ([], "5", TooLarge),
        ([], "99999999999999999999", Malformed),
        ([], "-1", Malformed),
        ([], "x", Malformed),
        ([_part(b"ab"), DISCONNECT], None, Incomplete),
        ([_part(b"ab")], None, TooSlow),
    ],
)
def test_a_body_that_is_not_taken_is_refused(
    messages: list[Message], length: str | None, refusal: type[Refusal]
) -> None:
    """By what it says of itself and by what comes; by who left, and by who takes too long."""
    with pytest.raises(refusal):
        _read(_receiving(*messages), length=length, within_s=0.01)


def test_reading_stops_beyond_the_limit() -> None:
    """Nothing more is asked of a client that sends too much."""
    taken: list[int] = []
    with pytest.raises(TooLarge, match="over 4 bytes"):
        _read(_receiving(*[_part(b"abc")] * 9, taken=taken))
    assert len(taken) == 2


def test_a_repeated_length_is_refused() -> None:
    """It would not be known which one counts."""
    with pytest.raises(Malformed):
        declared_length({"headers": [(b"content-length", b"1"), (b"content-length", b"1")]})


def test_parts_come_as_they_are_sent() -> None:
    """So that a large file is never whole in memory; a client that leaves is said so."""

    async def parts() -> list[bytes]:
        return [part async for part in body_parts(_receiving(_part(b"a"), _part(b"b", more=False)))]

    async def cut() -> None:
        async for _ in body_parts(_receiving(_part(b"a"), DISCONNECT)):
            pass

    assert asyncio.run(parts()) == [b"a", b"b"]
    with pytest.raises(Incomplete):
        asyncio.run(cut())


def test_what_was_read_can_be_read_again() -> None:
    """Once, and then what the client goes on with."""

    async def all_of(receive: Callable[[], Awaitable[Any]]) -> list[Any]:
        return [await receive(), await receive()]

    assert asyncio.run(all_of(replayed(b"ab", _receiving(DISCONNECT)))) == [_part(b"ab", more=False), DISCONNECT]


def test_a_limited_body_is_counted_and_timed_until_it_is_whole() -> None:
    """Whoever waits for the answer is told of each part; afterwards a connection may be silent for ever."""
    parts: list[int] = []

    async def read(receive: Receive, limit: int | None, wait_s: float = 0.01) -> list[Message]:
        body = LimitedBody(receive, limit, wait_s, 1_000_000, lambda: parts.append(1))
        return [await body(), await body()]

    whole = [_part(b"ab", more=False), DISCONNECT]
    assert asyncio.run(read(_receiving(*whole), 2)) == whole
    assert len(parts) == 1
    with pytest.raises(TooLarge):
        asyncio.run(read(_receiving(_part(b"ab"), _part(b"c")), 2))
    with pytest.raises(TooSlow):
        asyncio.run(read(_receiving(_part(b"ab")), None))
