"""Short answers of the endpoints, and what every entry point needs of a request: headers, body, caller."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope

from contracts.access.caller import Caller, Role
from contracts.refusals import Unavailable
from services.gateway.rest.problems import KIND, problem_body

CallerOf = Callable[[Scope], Caller | None]
"""Who sent a request, by its cookie or bearer token; blocking."""

SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}


class TooLarge(ValueError):
    """A body over its limit."""


def refusal(status: int, code: str, message: str) -> Response:
    """Return a problem that is also shaped like a GraphQL error, which the pages of Dagit and MLflow can show."""
    more = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Response(problem_body(status, code, message, more), status, SAFE, KIND)


def page(status: int, title: str, text: str, *, again_s: int | None = None) -> Response:
    """Return a plain page without scripts; `again_s` makes the browser ask again by itself."""
    again = f'<meta http-equiv="refresh" content="{again_s}">' if again_s else ""
    html = f'<!doctype html><html lang="en"><meta charset="utf-8">{again}<title>{title}</title><p>{text}</p></html>'
    return Response(html, status, {**SAFE, "content-security-policy": "default-src 'none'"}, "text/html")


async def admitted(scope: Scope, caller_of: CallerOf) -> Caller | Response:
    """Return the admin who asks, or the answer that turns the request away.

    Never an older role when the store is away.
    """
    try:
        caller = await asyncio.to_thread(caller_of, scope)
    except Unavailable:
        return refusal(503, "UNAVAILABLE", "nobody's role is known for a moment: ask again")
    if caller is None:
        return refusal(401, "UNAUTHENTICATED", "sign in first: tipbench up and tipbench link print a link")
    if caller.role < Role.ADMIN:
        return refusal(403, "FORBIDDEN", "this is for admins")
    return caller


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Return header values by lower-case name; of a repeated one all, joined, so that no single one passes for it."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").lower()
        found[name] = f"{found[name]}, {value.decode('latin-1')}" if name in found else value.decode("latin-1")
    return found


def from_here(headers: Mapping[str, str], origin: str) -> bool:
    """Return whether a request comes from our own pages, or from a script that shows a bearer token and no Origin."""
    said = headers.get("origin")
    return said == origin or (said is None and headers.get("authorization", "").startswith("Bearer "))


async def body_of(receive: Receive, limit: int) -> bytes:
    """Return the whole body; raise TooLarge as soon as it is over `limit` bytes."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge(f"over {limit} bytes")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def replayed(body: bytes, receive: Receive) -> Callable[[], Awaitable[Any]]:
    """Return a receive that gives `body` once and then what the client sends on."""
    given = False

    async def again() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
