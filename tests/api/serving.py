"""The example behind a real server on loopback, and small clients for it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from api.context import in_thread
from api.limits.rate_limits import TokenRate
from api.schema import AdminSchema, build_schema
from api.transport.endpoint import GraphQLEndpoint, Scope, TransportLimits
from api.transport.http import HttpTransport
from api.transport.websocket import WebSocketTransport
from contracts.access.caller import Caller
from contracts.refusals import Refusal
from kit.http.headers import header_of
from tests.api.example import Experiment, Mutations, Queries, Subscriptions, User
from tests.api.memory_services import MemoryServices
from tests.deadline import DEADLINE_S
from tests.running_server import running

ORIGIN = "http://localhost:8000"
PROTOCOL = websockets.Subprotocol("graphql-transport-ws")
ADMIN = "token-admin"


def example(rate: TokenRate | None = None) -> AdminSchema:
    """The example schema."""
    return build_schema([Queries], [Mutations], [Subscriptions], types=[Experiment, User], rate=rate)


class Headers:
    """Finds the caller as the edge does: a bearer token or a session cookie, not both."""

    def __init__(self, services: MemoryServices) -> None:
        self._auth = services.auth

    async def __call__(self, scope: Scope) -> Caller | None:
        """Ask auth, in a thread as in earnest."""
        bearer, cookie = header_of(scope, "authorization"), header_of(scope, "cookie")
        if bearer is not None and cookie is not None:
            raise Refusal("two credentials", code="AMBIGUOUS_CREDENTIALS")
        if bearer is not None:
            return await in_thread(self._auth.by_bearer, bearer.removeprefix("Bearer "))
        return None if cookie is None else await in_thread(self._auth.by_session, cookie.removeprefix("session="))


def endpoint_of(
    services: MemoryServices, limits: TransportLimits | None = None, schema: AdminSchema | None = None
) -> GraphQLEndpoint:
    """An endpoint of the example."""
    return GraphQLEndpoint(
        schema or example(), services.services, Headers(services), frozenset({ORIGIN}), limits or TransportLimits()
    )


def app_of(endpoint: GraphQLEndpoint) -> Starlette:
    """As wiring mounts it."""
    return Starlette(
        routes=[Route("/graphql", HttpTransport(endpoint)), WebSocketRoute("/graphql", WebSocketTransport(endpoint))]
    )


@asynccontextmanager
async def asking(endpoint: GraphQLEndpoint, role: str | None = "admin") -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client on the app itself, with a token of that role."""
    headers = {} if role is None else {"authorization": f"Bearer token-{role}"}
    transport = httpx.ASGITransport(app_of(endpoint), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        yield client


@asynccontextmanager
async def served(endpoint: GraphQLEndpoint) -> AsyncIterator[int]:
    """The port of a server that runs until the block ends."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        app_of(endpoint),
        log_config=None,
        ws_max_size=2**20,
        timeout_graceful_shutdown=2,
        access_log=False,
    )
    async with running(config) as (_, port):
        yield port


@asynccontextmanager
async def connected(
    port: int,
    token: str | None = ADMIN,
    **more: Any,
) -> AsyncIterator[websockets.ClientConnection]:
    """A websocket; with a token it is acknowledged already."""
    address = f"ws://127.0.0.1:{port}/graphql"
    more = {"subprotocols": [PROTOCOL], "open_timeout": DEADLINE_S, **more}
    async with websockets.connect(address, compression=None, proxy=None, **more) as connection:
        if token is not None:
            await say(connection, type="connection_init", payload={"token": token})
            assert (await heard(connection))["type"] == "connection_ack"
        yield connection


async def say(connection: websockets.ClientConnection, **message: Any) -> None:
    """Send one message."""
    await connection.send(json.dumps(message))


async def heard(connection: websockets.ClientConnection) -> Any:
    """The next message."""
    async with asyncio.timeout(DEADLINE_S):
        return json.loads(await connection.recv())


async def closed(connection: websockets.ClientConnection) -> tuple[int, str]:
    """How the server ends the connection, whatever it says before."""
    async with asyncio.timeout(DEADLINE_S):
        try:
            while True:
                await connection.recv()
        except websockets.ConnectionClosed as ended:
            frame = ended.rcvd
            return (frame.code, frame.reason) if frame is not None else (1006, "")


async def until(condition: Any) -> None:
    """Wait until it holds, at most the deadline."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110 - any condition, with a deadline
            await asyncio.sleep(0.01)
