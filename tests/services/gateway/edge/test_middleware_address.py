"""The client's address, which the edge decides for all that is behind it."""

import asyncio

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from contracts.access.caller import Caller
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.edge.rate_limits import RateLimits, WindowRate

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


def test_one_too_many_is_told_when_to_come_again() -> None:
    """429 with Retry-After; by the address that a trusted proxy names."""

    async def run() -> list[int]:
        rules = EdgeRules(frozenset({HOST}), trusted_proxies=frozenset({"127.0.0.1"}))
        rates = RateLimits((WindowRate("who", "/who", 2),))
        app = EdgeMiddleware(
            _answered,
            rules,
            authenticate=nobody,
            may_change=lambda *_: True,
            new_id=lambda: "made-here",
            rates=rates,
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}") as client:
            answers = [await client.get("/who", headers={"x-forwarded-for": "198.51.100.1"}) for _ in range(3)]
            assert answers[2].json()["code"] == "RATE_LIMITED"
            assert int(answers[2].headers["retry-after"]) >= 1
            answers.append(await client.get("/who", headers={"x-forwarded-for": "198.51.100.2"}))
            return [answer.status_code for answer in answers]

    assert asyncio.run(run()) == [204, 204, 429, 204]


def test_addresses_of_one_network_share_a_budget() -> None:
    """IPv6 is counted by its /64, and IPv4 alone however it is written."""
    refused: dict[str, bool] = {}

    async def run() -> None:
        rates = RateLimits((WindowRate("all", "/", 1),))
        edge = EdgeMiddleware(
            _answered,
            EdgeRules(frozenset({HOST})),
            authenticate=nobody,
            may_change=lambda *_: True,
            new_id=lambda: "made-here",
            rates=rates,
        )
        for peer in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "192.0.2.7", "::ffff:192.0.2.7"):
            scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", HOST.encode())]}

            async def send(message: Message, peer: str = peer) -> None:
                if message["type"] == "http.response.start":
                    refused[peer] = message["status"] == 429

            await edge({**scope, "query_string": b"", "client": (peer, 1)}, _receive_nothing, send)

    asyncio.run(run())
    assert [peer for peer, is_refused in refused.items() if is_refused] == ["2001:db8::2", "::ffff:192.0.2.7"]
    assert len(refused) == 5


async def _answered(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _receive_nothing() -> Message:
    return {}


async def _send_nothing(_: Message) -> None:
    """Lets it go."""


async def nobody(_: Scope) -> Caller | None:
    """Authenticates nobody."""
    return None
