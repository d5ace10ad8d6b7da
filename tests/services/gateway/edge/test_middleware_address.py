"""The client's address, which the edge decides for all that is behind it."""

import asyncio

import pytest
from starlette.types import Message, Scope

from contracts.access.caller import Caller
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules

HOST = "127.0.0.1:3000"


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_the_address_is_decided_once(kind: str) -> None:
    """What is behind the edge finds the client's address in the scope, as the trusted proxy names it."""
    found: list[tuple[str, int]] = []

    async def app(scope: Scope, _receive: object, _send: object) -> None:
        found.append(scope["client"])

    async def run() -> None:
        rules = EdgeRules(frozenset({HOST}), trusted_proxies=frozenset({"127.0.0.1"}))
        edge = EdgeMiddleware(app, rules, authenticate=nobody, may_change=lambda *_: True, new_id=lambda: "made-here")
        headers = [(b"host", HOST.encode()), (b"x-forwarded-for", b"198.51.100.1")]
        scope = {"type": kind, "method": "GET", "path": "/", "query_string": b"", "headers": headers}
        for peer in ("127.0.0.1", "203.0.113.9"):
            await edge({**scope, "client": (peer, 1)}, _receive_nothing, _send_nothing)

    asyncio.run(run())
    assert [address for address, _ in found] == ["198.51.100.1", "203.0.113.9"]


async def _receive_nothing() -> Message:
    return {}


async def _send_nothing(_: Message) -> None:
    """Lets it go."""


async def nobody(_: Scope) -> Caller | None:
    """Authenticates nobody."""
    return None
