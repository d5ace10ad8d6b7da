"""Auth's routes behind the edge, as the server has them, over an auth that the test has built."""

import secrets
import time
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

from starlette.routing import Router
from starlette.types import ASGIApp, Scope

from contracts.access.caller import Caller
from services.auth.declaration import AUTH
from services.auth.oauth_server.clients import NativeClient
from services.auth.oauth_server.grants import ClientGrants
from services.auth.oidc_client.sign_in import SignIn
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import authenticate
from services.auth.site import AuthSite
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules, caller_of
from services.gateway.rest.module_routes import RouteGuards, module_routes

CALLBACK = ("/auth/callback/",)


async def _unnoticed(*_: object) -> None:
    pass


def grants_of(auth: Any, clock: Callable[[], float]) -> ClientGrants:
    """Grants with ids and secrets by chance."""
    return ClientGrants(auth, clock=clock, ids=lambda: secrets.token_hex(12), random_bytes=secrets.token_bytes)


def site_of(
    auth: Any,
    origin: str,
    *,
    sign_in: SignIn | None = None,
    clients: Mapping[str, NativeClient] | None = None,
    signed: Callable[..., Any] = _unnoticed,
    allowed: Callable[..., Any] = _unnoticed,
    clock: Callable[[], float] = time.time,
) -> AuthSite:
    """What auth's routes ask; without a sign-in there are no providers."""
    return AuthSite(
        auth=auth,
        policy=BrowserPolicy(frozenset({origin})),
        sign_in=sign_in or cast("SignIn", SimpleNamespace(providers={})),
        grants=grants_of(auth, clock),
        clients=clients or {},
        issuer=origin,
        signed=signed,
        allowed=allowed,
        clock=clock,
    )


def app_of(site: AuthSite) -> ASGIApp:
    """The routes behind the edge, without its windows."""

    async def found(scope: Scope) -> Caller | None:
        return await authenticate(scope, site.auth, site.policy)

    guards = RouteGuards(
        caller_of=caller_of,
        lately=lambda _: False,
        record=lambda *_: None,
        may_change=site.policy.may_change,
    )
    return EdgeMiddleware(
        Router(module_routes(AUTH.routes(), site, guards)),
        EdgeRules(frozenset({site.issuer.partition("://")[2]}), public=CALLBACK, cross_site=CALLBACK),
        authenticate=found,
        may_change=site.policy.may_change,
        new_id=lambda: "request-1",
    )
