"""Callers and requests for the endpoints, and an app behind them that says what reached it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.access.caller import Caller, Role
from contracts.refusals import Unavailable

ORIGIN = "http://127.0.0.1:3000"
PEOPLE = {"admin": Role.ADMIN, "judge": Role.JUDGE, "user": Role.USER}


def caller_of(scope: Scope) -> Caller | None:
    """The person that the header `x-who` names; `outage` is a store that cannot be reached."""
    who = dict(scope["headers"]).get(b"x-who", b"").decode()
    if who == "outage":
        raise Unavailable("the store is away")
    role = PEOPLE.get(who)
    return None if role is None else Caller(f"u-{who}", role, "session", "s1", 2e9)


@dataclass
class RecordingApp:
    """The app behind an endpoint: it keeps what reaches it and answers with `answer`."""

    answer: bytes = b'{"data": {"ok": true}}'
    kind: str = "application/json"
    reached: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.reached.append((scope["method"], scope["path"], body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", self.kind.encode())]})
        await send({"type": "http.response.body", "body": self.answer})


Ask = Callable[..., httpx.Response]


def principal(app: ASGIApp) -> Ask:
    """Ask the app as a person: `who`, and by default from our own page."""

    def ask(
        method: str, path: str, *, who: str = "admin", headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> httpx.Response:
        sent = {"x-who": who, "origin": ORIGIN, **(headers or {})}
        sent = {name: value for name, value in sent.items() if value}

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, path, headers=sent, content=content)

        return asyncio.run(go())

    return ask


def posted(query: str, variables: Mapping[str, Any] | None = None, **more: Any) -> bytes:
    """A GraphQL body."""
    return json.dumps({"query": query, "variables": variables, **more}).encode()
