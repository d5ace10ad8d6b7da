"""What callers may do while little is left of the disk."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from contracts.access.caller import Caller, Role
from contracts.refusals import Unavailable
from services.gateway.edge.middleware import CALLER
from services.gateway.edge.reserve import ReserveMiddleware


def _served(method: str, path: str, role: Role | None, capacity: Iterator[bool]) -> int:
    """How many bytes of a body of three parts the application reads; Unavailable where it was refused."""
    caller = None if role is None else Caller("u1", role, "token", "c1", 2e9)
    scope = {"type": "http", "method": method, "path": path, CALLER: caller}
    parts = iter([b"ab", b"cd", b"ef"])
    read = 0

    async def receive() -> Message:
        part = next(parts, b"")
        return {"type": "http.request", "body": part, "more_body": bool(part)}

    async def app(_: Scope, receive: Receive, __: Send) -> None:
        nonlocal read
        while (message := await receive())["more_body"]:
            read += len(message["body"])

    async def send(_: Message) -> None: ...

    asyncio.run(ReserveMiddleware(app, lambda: next(capacity))(scope, receive, send))
    return read


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("PUT", "/v1/profile", Role.USER),
        ("PUT", "/uploads/x", None),
        ("POST", "/webhooks/judge", None),
        ("POST", "/auth/token", None),
        ("POST", "/auth/authorize", Role.JUDGE),
    ],
)
def test_what_would_be_stored_is_refused(method: str, path: str, role: Role | None) -> None:
    """Before anything of it is read, and in the middle of a body where others used up the room meanwhile."""
    with pytest.raises(Unavailable, match="an admin has made room"):
        _served(method, path, role, iter([False]))
    with pytest.raises(Unavailable):
        _served(method, path, role, iter([True, True, False]))
    assert _served(method, path, role, iter([True] * 4)) == 6


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/v1/profile", Role.USER),
        ("POST", "/v1/profile/erase", Role.USER),
        ("DELETE", "/v1/anything", Role.USER),
        ("PUT", "/v1/profile", Role.ADMIN),
        ("POST", "/api/bench/run", Role.ADMIN),
        ("POST", "/graphql", Role.JUDGE),
        ("POST", "/auth/sign-out", Role.USER),
    ],
)
def test_reading_erasing_and_admins_go_on(method: str, path: str, role: Role) -> None:
    """The disk is not even looked at for them."""
    assert _served(method, path, role, iter([])) == 6
