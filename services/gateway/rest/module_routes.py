"""Serves the routes that a module declares: callers, roles, bodies, versions, audit rows and answers by its record."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any, Protocol

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from contracts.access.caller import Caller
from contracts.modules.erasure import SignedInLately
from contracts.refusals import Forbidden, Refusal
from contracts.routes import RouteAnswer, RouteSpec, Security, Service
from kit.http.access import ForeignOrigin, Unauthenticated, known
from kit.http.answers import problem
from kit.http.caller_places import CallerPlaces
from kit.http.client_addresses import counted_address
from kit.http.headers import headers_of
from services.gateway.rest.route_answers import compressed, response_of
from services.gateway.rest.route_calls import body_bytes, checked_call

ASKING_EACH, ASKING_MOST = 2, 8
"""Requests of a caller, and of all, that wait for servers that are not ours; the other threads are for the rest."""
MayChange = Callable[[str, Mapping[str, str]], bool]


class Stale(Refusal):
    """An irreversible request whose session is not recent enough."""

    code = "FRESH_SIGN_IN_NEEDED"


@dataclass(frozen=True, kw_only=True)
class Done:
    """What becomes an audit row: an operation of a caller and its outcome."""

    operation: str
    target: str
    outcome: str
    after: Mapping[str, str]
    input_hash: str = ""


class Record(Protocol):
    """Writes the audit row of something done or refused by a caller."""

    def __call__(self, request: Request, caller: Caller, done: Done, /) -> None:
        """Durably; blocking."""
        ...


@dataclass(frozen=True, kw_only=True)
class RouteGuards:
    """What every route is guarded with.

    Who asks, whether they signed in lately, whether one of our own pages asks, where audit rows go, how many may run.
    """

    caller_of: Callable[[Scope], Caller | None]
    lately: SignedInLately
    record: Record
    may_change: MayChange = lambda _method, _headers: False
    places: CallerPlaces = field(default_factory=CallerPlaces)
    asking: CallerPlaces = field(default_factory=lambda: CallerPlaces(ASKING_EACH, ASKING_MOST))


def module_routes(specs: Sequence[RouteSpec], service: Service, guards: RouteGuards) -> list[Route]:
    """Return the routes for the application's router, each of which asks `service`, or its part of it.

    A part that is not there has no routes.
    """
    parts = [(spec, getattr(service, spec.part, None) if spec.part else service) for spec in specs]
    served = [(spec, part) for spec, part in parts if not spec.part or part is not None]
    return [Route(spec.path, ModuleRoute(spec, part, guards).answer, methods=[spec.method]) for spec, part in served]


class ModuleRoute:
    """One route; the edge has found the caller and counted the request."""

    def __init__(self, spec: RouteSpec, service: Service, guards: RouteGuards) -> None:
        self._spec, self._service, self._guards = spec, service, guards
        self._waits = iscoroutinefunction(spec.endpoint)

    async def answer(self, request: Request) -> Response:
        """Answer a request, a refusal as a problem or as the route has it."""
        try:
            visitor = self._admitted(request)
            if self._spec.audit is None or visitor is None:
                answer = await self._handled(request, visitor)
            else:
                answer = await self._audited(request, visitor)
            return await compressed(self._spec, request, response_of(self._spec, request, visitor, answer))
        except Refusal as refusal:
            return self._refused(refusal)

    def _refused(self, refusal: Refusal) -> Response:
        if self._spec.refused is not None:
            response: Response = self._spec.refused.respond(refusal)
            return response
        refused = problem(refusal)
        if refused.status_code == 429 and self._spec.retry_s is not None:
            refused.headers["retry-after"] = str(self._spec.retry_s)
        return refused

    def _admitted(self, request: Request) -> Caller | None:
        """Who asks; raise Unauthenticated for nobody where somebody must be known."""
        visitor = self._guards.caller_of(request.scope)
        if self._spec.security is Security.SESSION and (visitor is None or visitor.via != "session"):
            raise Unauthenticated("this needs a browser's session: sign in first")
        return known(visitor) if self._spec.security is Security.CALLER else visitor

    async def _audited(self, request: Request, caller: Caller) -> Any:
        spec, outcome, given = self._spec, "INTERNAL", RouteAnswer(value=None)
        body: bytes | None = None
        try:
            body = None if spec.named_in is None else await body_bytes(spec, request)
            given = await self._handled(request, caller, body)
            outcome = "done"
        except Refusal as refusal:
            outcome = refusal.code
            raise
        finally:
            target, digest = given.target, ""
            if spec.named_in is not None:
                target = target or spec.named_in(body or b"")
                digest = hashlib.sha256(body or b"").hexdigest()
            operation = spec.audit or ""
            done = Done(operation=operation, target=target, outcome=outcome, after=given.after, input_hash=digest)
            actor = caller if given.actor is None else msgspec.structs.replace(caller, subject=given.actor)
            await run_in_threadpool(self._guards.record, request, actor, done)
        return given

    async def _handled(self, request: Request, visitor: Caller | None, body: bytes | None = None) -> Any:
        """What the endpoint answers; `body` is what was read of the request already."""
        spec = self._spec
        if spec.security in {Security.CALLER, Security.SESSION} and known(visitor).role < spec.role:
            raise Forbidden(f"this is for {spec.role.name.lower()}s")
        if spec.own_page and not self._guards.may_change(request.method, headers_of(request.scope)):
            raise ForeignOrigin("send Origin as this site's own pages do, and X-Tipbench: 1 or application/json")
        call = await checked_call(spec, request, visitor, body)
        if spec.permits is not None:
            spec.permits(call)
        if spec.recent and not await run_in_threadpool(self._guards.lately, call.caller):
            raise Stale("sign in again in this browser, then ask within 10 minutes")
        if self._waits:
            return await spec.endpoint(self._service, call)  # type: ignore[misc]  # it is a coroutine function
        places = self._guards.asking if spec.asks_others else self._guards.places
        async with places.taken(_counted_as(request, visitor)):
            return await run_in_threadpool(spec.endpoint, self._service, call)


def _counted_as(request: Request, visitor: Caller | None) -> str:
    if visitor is not None:
        return f"user {visitor.subject}"
    return f"address {counted_address(request.client.host)}" if request.client else ""
