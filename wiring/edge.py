"""What every request passes first, as the settings have it: hosts, origins, the caller, limits, repeated requests."""

import secrets

from starlette.routing import Router
from starlette.types import ASGIApp, Scope

from contracts.access import Caller
from resources.calls.tokens import ASKING, Asker
from services.auth.caller import authenticate
from services.auth.door import Door
from services.auth.sign_in_http import CALLBACK
from services.gateway.edge import Edge, EdgeRules, request_id_of
from services.gateway.rates import RateLimits
from services.gateway.repeats import Repeats
from services.gateway.replies import Replies
from services.gateway.templates import Templates
from wiring.parts import Parts

FREE = ("/uploads/", "/webhooks/")
"""Doors with limits and proofs of their own."""


def new_id() -> str:
    """A request's id, random."""
    return secrets.token_hex(8)


def edge_around(parts: Parts, app: Router, door: Door, replies: Replies, rates: RateLimits | None = None) -> ASGIApp:
    """The edge around `app`, watched where the parts say so; `rates` are the usual ones where none are given."""

    async def found(scope: Scope) -> Caller | None:
        request_id = request_id_of(scope)
        ASKING.set(Asker(request_id=request_id))
        caller = await authenticate(scope, parts.asks, door)
        if caller is not None:
            ASKING.set(Asker(caller.subject, caller.role.name, request_id))
        return caller

    edge = Edge(
        Repeats(app, replies, Templates(app.routes)),
        _rules(parts),
        authenticate=found,
        may_change=door.may_change,
        new_id=new_id,
        rates=rates or RateLimits(),
    )
    return edge if parts.watching is None else parts.watching.around(edge, app)


def _rules(parts: Parts) -> EdgeRules:
    host = parts.origin.partition("://")[2]
    port = host.rpartition(":")[2]
    return EdgeRules(
        frozenset({host}),
        aliases={f"localhost:{port}": parts.origin} if host.startswith("127.0.0.1:") else {},
        free_bodies=FREE,
        public=(*FREE, CALLBACK),
        cors_origins=frozenset(parts.up.cors_origins),
        trusted_proxies=frozenset(parts.up.trusted_proxies),
    )
