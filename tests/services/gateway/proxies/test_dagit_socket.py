"""Dagit's websocket behind the proxy: who may open it, and what it carries."""

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from contracts.access.caller import Caller
from contracts.refusals import Unavailable
from services.gateway.proxies import dagit_socket
from services.gateway.proxies.dagit_socket import DagitSocket
from tests.services.gateway.recording_app import ORIGIN, caller_of

SUBSCRIPTION = "subscription { pipelineRunLogs(runId: 1) { __typename } }"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Accepts, and sends back every message until the connection ends."""
    assert scope["type"] == "websocket"
    await receive()
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        await send({"type": "websocket.send", "text": message["text"]})


def _talk(who: str, origin: str | None, texts: list[str | None], socket: DagitSocket | None = None) -> list[Message]:
    """What is sent back to a client that says `texts` and then leaves, or waits where the `socket` is to end it."""
    sent: list[Message] = []
    said: list[Message] = [{"type": "websocket.connect"}]
    said += [{"type": "websocket.receive", "text": text} for text in texts]
    headers = [(b"x-who", who.encode())]
    if origin:
        headers.append((b"origin", origin.encode()))
    scope: Any = {"type": "websocket", "path": "/dagster/graphql", "headers": headers}

    async def receive() -> Message:
        if said:
            return said.pop(0)
        if socket is not None:
            await asyncio.Event().wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run((socket or DagitSocket(caller_of, lambda _: True, ORIGIN))(_echo, scope, receive, send))
    return sent


def _start(query: Any) -> str:
    return json.dumps({"type": "start", "id": "1", "payload": {"query": query}})


@pytest.mark.parametrize(
    ("who", "origin"),
    [
        ("admin", "http://evil.example"),
        ("admin", "http://127.0.0.1:4000"),
        ("admin", None),
        ("judge", ORIGIN),
        ("", ORIGIN),
        ("outage", ORIGIN),
    ],
)
def test_others_are_refused_before_the_handshake(who: str, origin: str | None) -> None:
    """A foreign Origin or anyone but an admin gets no accept."""
    assert _talk(who, origin, []) == [{"type": "websocket.close", "code": 1008}]


def test_subscriptions_pass() -> None:
    """The protocol's own messages and a subscription reach Dagit."""
    texts: list[str | None] = ['{"type": "connection_init"}', _start(SUBSCRIPTION), '{"type": "stop", "id": "1"}']
    assert [message.get("text") for message in _talk("admin", ORIGIN, texts)[1:]] == texts


@pytest.mark.parametrize(
    "text",
    [
        _start("mutation { reloadWorkspace { __typename } }"),
        _start("query { version }"),
        _start(f"{SUBSCRIPTION} mutation M {{ reloadWorkspace {{ __typename }} }}"),
        _start("{"),
        _start(5),
        "[1]",
        "nothing",
        "[" * 10_000,
        None,
        '{"type": "start"}',
        '{"type": "other"}',
    ],
)
def test_anything_else_ends_the_connection(text: str | None) -> None:
    """Queries, mutations, rubbish and binary frames never reach Dagit."""
    assert [message["type"] for message in _talk("admin", ORIGIN, [text])] == ["websocket.accept"]


@pytest.mark.parametrize("outage", [False, True])
def test_it_ends_with_the_session(monkeypatch: pytest.MonkeyPatch, outage: bool) -> None:
    """When the credential no longer counts, or nobody can say, the connection is closed as signed out."""
    monkeypatch.setattr(dagit_socket, "LOOK_AGAIN_S", 0.01)
    looks = 0

    def is_live(caller: Caller) -> bool:
        nonlocal looks
        looks += 1
        if outage and looks > 3:
            raise Unavailable("away")
        return caller.subject == "u-admin" and looks < 4

    sent = _talk("admin", ORIGIN, [], DagitSocket(caller_of, is_live, ORIGIN))
    assert sent[-1] == {"type": "websocket.close", "code": 4401}
