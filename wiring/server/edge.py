"""Builds the edge from the settings: hosts, origins, callers, rate limits, idempotency."""

import secrets
from collections.abc import Callable, Iterable
from functools import partial

from starlette.routing import Router
from starlette.types import ASGIApp, Scope

from contracts.access.caller import Caller
from contracts.routes import LARGEST_BODY, RouteSpec
from kit.disk_reserve import has_capacity
from resources.rpc.internal_tokens import ACTING, Principal
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import authenticate
from services.gateway.edge.idempotency import IdempotencyMiddleware
from services.gateway.edge.idempotency_store import IdempotencyStore
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules, request_id_of
from services.gateway.edge.rate_limits import RateLimits, rates_of
from services.gateway.edge.reserve import ReserveMiddleware
from services.gateway.edge.route_templates import Templates
from wiring.container import Container
from wiring.modules import declared_routes


def new_id() -> str:
    """Return a random request id."""
    return secrets.token_hex(8)


def edge_around(
    container: Container,
    app: Router,
    endpoint: BrowserPolicy,
    idempotency_store: IdempotencyStore,
    rates: RateLimits | None = None,
) -> ASGIApp:
    """Return the edge around `app`, with telemetry if the container has one; `rates` None means the usual limits."""

    async def found(scope: Scope) -> Caller | None:
        request_id = request_id_of(scope)
        ACTING.set(Principal(request_id=request_id))
        caller = await authenticate(scope, container.asks, endpoint)
        if caller is not None:
            ACTING.set(Principal(caller.subject, caller.role.name, request_id))
        return caller

    repeatable = IdempotencyMiddleware(app, idempotency_store, Templates(app.routes), _repeatable())
    edge = EdgeMiddleware(
        ReserveMiddleware(repeatable, partial(has_capacity, container.bench.home.root)),
        _rules(container),
        authenticate=found,
        may_change=endpoint.may_change,
        new_id=new_id,
        rates=rates or RateLimits(rates_of(declared_routes())),
    )
    return edge if container.telemetry is None else container.telemetry.around(edge, app)


def _repeatable() -> frozenset[str]:
    return frozenset(spec.operation for spec in declared_routes() if spec.idempotent)


def _rules(container: Container) -> EdgeRules:
    host, specs = container.origin.partition("://")[2], declared_routes()
    port = host.rpartition(":")[2]
    return EdgeRules(
        frozenset({host}),
        aliases={f"localhost:{port}": container.origin} if host.startswith("127.0.0.1:") else {},
        free_bodies=_beginnings(specs, lambda spec: spec.max_bytes is None or spec.max_bytes > LARGEST_BODY),
        streamed=_beginnings(specs, lambda spec: spec.max_bytes is None),
        patient={_beginning(spec): spec.answer_s for spec in specs if spec.answer_s is not None},
        public=_beginnings(specs, lambda spec: spec.proves_itself),
        cross_site=_beginnings(specs, lambda spec: spec.cross_site),
        cors_origins=frozenset(container.up.cors_origins),
        trusted_proxies=frozenset(container.up.trusted_proxies),
    )


def _beginnings(specs: Iterable[RouteSpec], chosen: Callable[[RouteSpec], bool]) -> tuple[str, ...]:
    """The beginnings of the chosen routes' paths, each once."""
    return tuple(dict.fromkeys(_beginning(spec) for spec in specs if chosen(spec)))


def _beginning(spec: RouteSpec) -> str:
    return spec.path.partition("{")[0]
