"""Checks and error pages of the proxied tools: the caller must be an admin, on a page of ours."""

import asyncio
from collections.abc import Callable, Mapping

from starlette.responses import Response
from starlette.types import Scope

from contracts.access.caller import Caller
from contracts.refusals import Refusal
from kit.http.access import admin
from kit.http.answers import problem

CallerOf = Callable[[Scope], Caller | None]
"""Who sent a request, by its cookie or bearer token; blocking."""

SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}


def shown(refusal: Refusal, status: int | None = None) -> Response:
    """Return a refusal as a problem that is a GraphQL error too, which Dagit and MLflow show.

    `status` overrides the refusal's own.
    """
    error = {"message": refusal.message, "extensions": {"code": refusal.code}}
    return problem(refusal, {"errors": [error]}, status)


def page(status: int, title: str, text: str, *, again_s: int | None = None) -> Response:
    """Return a plain page without scripts; `again_s` makes the browser reload it after so many seconds."""
    again = f'<meta http-equiv="refresh" content="{again_s}">' if again_s else ""
    html = f'<!doctype html><html lang="en"><meta charset="utf-8">{again}<title>{title}</title><p>{text}</p></html>'
    return Response(html, status, {**SAFE, "content-security-policy": "default-src 'none'"}, "text/html")


async def admitted(scope: Scope, caller_of: CallerOf) -> Caller:
    """Return the caller if they are an admin; raise a Refusal for anybody else, Unavailable while roles are unknown."""
    caller = await asyncio.to_thread(caller_of, scope)
    return admin(caller, "sign in first: tipbench up and tipbench link print a link")


def from_here(headers: Mapping[str, str], origin: str) -> bool:
    """Return whether a request comes from our own pages, or carries a bearer token and no Origin."""
    said = headers.get("origin")
    return said == origin or (said is None and headers.get("authorization", "").startswith("Bearer "))
