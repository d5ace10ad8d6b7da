"""A provider on loopback whose answers a test chooses, and a client of it in virtual time."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from resources.oidc import OidcClient
from tests.virtual_time import GRACE_S, run_in_virtual_time

Answer = Callable[[web.Request], Any]
WAIT_S = 5.0
"""Virtual seconds: nothing on loopback takes any of them."""


class Clock:
    """Seconds that the test moves."""

    now = 100.0

    def __call__(self) -> float:
        """The time now."""
        return self.now


class Peer:
    """A provider on loopback; `answers` maps a path to what it says, `requested` counts."""

    def __init__(self) -> None:
        self.issuer, self.requested = "", list[str]()
        self.answers: dict[str, Answer] = {
            "/.well-known/openid-configuration": lambda _: self.metadata(),
            "/jwks": lambda _: {"keys": [{"kid": "one", "kty": "RSA"}, {"kty": "RSA"}, {"kid": 7}]},
            "/token": lambda _: {"id_token": "a.b.c"},
        }

    def metadata(self, **more: Any) -> dict[str, Any]:
        """The discovery document."""
        urls = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
        return {"issuer": self.issuer, **{name: self.issuer + path for name, path in urls.items()}, **more}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer, after counting."""
        self.requested.append(request.path)
        said = self.answers[request.path](request)
        if asyncio.iscoroutine(said):
            said = await said
        return said if isinstance(said, web.StreamResponse) else web.json_response(said)


def with_peer(peer: Peer, story: Callable[[OidcClient, Clock], Any]) -> None:
    """Run the story with a client of the peer and the client's clock."""

    async def run() -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", peer.handle)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            peer.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
            clock = Clock()
            await story(OidcClient(clock=clock, wait_s=WAIT_S), clock)
        finally:
            await runner.cleanup()

    run_in_virtual_time(run(), GRACE_S)
