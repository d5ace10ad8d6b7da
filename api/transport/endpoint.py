"""What the GraphQL endpoint is built of: whom it serves, from which pages, and how long it waits for what."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from api.context import ApiContext, ApiServices, Via, in_thread
from api.schema import AdminSchema
from contracts.access.caller import Caller
from kit.http.client_addresses import counted_address
from kit.http.evicting_quota import EvictingQuota
from kit.http.shared_places import SharedPlaces

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Who = Callable[[Scope], Awaitable[Caller | None]]


@dataclass(frozen=True)
class TransportLimits:
    """The limits of requests and connections: sizes in bytes, times in seconds, counts for each caller.

    `streams` and `half_open` are counts of all callers.
    """

    body: int = 262_144
    body_time: float = 10.0
    query_time: float = 30.0
    init_time: float = 5.0
    send_time: float = 10.0
    live_every: float = 1.0
    ping_every: float = 15.0
    operations: int = 50
    connections: int = 20
    streams: int = 256
    half_open: int = 256


def new_request_id(_: Scope) -> str:
    """Return a random request id of 32 hex digits; behind the edge the edge's own is used instead."""
    return os.urandom(16).hex()


@dataclass
class GraphQLEndpoint:
    """What the GraphQL transports share.

    `who` finds the caller by a request's headers; it may raise a Refusal for two credentials, or Unavailable. `origins`
    are the exact origins whose pages may send requests. `connection_slots` are the open streams of each caller, of SSE
    also by address; `half_open` the sockets of those whom nobody knows yet, by address, and `all_half_open` all of
    them: the oldest of which gives way.
    """

    schema: AdminSchema
    services: ApiServices
    who: Who
    origins: frozenset[str]
    limits: TransportLimits = field(default_factory=TransportLimits)
    ids: Callable[[Scope], str] = new_request_id
    connection_slots: SharedPlaces = field(init=False)
    half_open: EvictingQuota = field(init=False)
    all_half_open: EvictingQuota = field(init=False)

    def __post_init__(self) -> None:
        self.connection_slots = SharedPlaces(self.limits.connections, self.limits.streams)
        self.half_open = EvictingQuota(self.limits.connections)
        self.all_half_open = EvictingQuota(self.limits.half_open)

    def context(self, scope: Scope, caller: Caller | None, via: Via, request_id: str | None = None) -> ApiContext:
        """Return a new context, one for each operation."""
        return ApiContext(self.services, caller, request_id or self.ids(scope), address_of(scope), via)

    async def until_over(self, caller: Caller) -> str:
        """Wait until the caller's credential no longer counts and return why; raise Unavailable when auth is away."""
        while True:
            left = caller.expires_at - self.services.clock()
            if left <= 0:
                return "Token expired"
            await asyncio.sleep(min(left, self.limits.live_every))
            if not await in_thread(self.services.auth.is_live, caller):
                return "Token expired" if caller.expires_at <= self.services.clock() else "Session revoked"


def address_of(scope: Scope) -> str:
    """Return what the client's IP address, as the edge decided it, is counted as; empty when it is not known."""
    client = scope.get("client")
    return counted_address(client[0]) if client else ""
