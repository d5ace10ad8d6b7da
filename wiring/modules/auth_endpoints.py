"""The endpoints of auth: sessions, signing in by a provider, native clients, with an audit row for each success."""

import secrets
import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute

from contracts.access.caller import Caller
from resources.oidc import OidcClient
from resources.sql.audit_log import AuditTable
from services.auth.http import auth_routes
from services.auth.oauth_server.apps_http import apps_routes
from services.auth.oauth_server.grants import ClientGrants
from services.auth.oauth_server.http import OAuthEndpoints
from services.auth.oidc_client.http import sign_in_routes
from services.auth.oidc_client.sign_in import SignIn, SignInResult
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.http import session_routes
from wiring.container import Container
from wiring.keys import home_keys
from wiring.modules.auth import build_identities
from wiring.server.audit_entries import entry_of


class AuthEndpoints:
    """All routes of auth; each success becomes a row in `audit`."""

    def __init__(self, container: Container, policy: BrowserPolicy, audit: AuditTable) -> None:
        self._container, self._policy, self._audit = container, policy, audit

    def routes(self) -> list[BaseRoute]:
        """Return the routes for the application's router."""
        container, asks = self._container, self._container.asks
        sign_in = container.sign_in or _nobody_elses(container)
        grants = ClientGrants(
            container.auth, clock=time.time, ids=lambda: secrets.token_hex(12), random_bytes=secrets.token_bytes
        )
        clients = {client.id: client for client in container.clients}
        native = OAuthEndpoints(grants, asks, self._policy, clients, container.origin, self._allowed, time.time)
        return [
            *auth_routes(asks, self._policy, list(sign_in.providers.values())),
            *session_routes(asks, self._policy),
            *sign_in_routes(sign_in, asks, self._policy, self._signed),
            *native.routes(),
            *apps_routes(grants, asks, self._policy),
        ]

    async def _signed(self, request: Request, arrived: SignInResult) -> None:
        caller = arrived.signed_in.caller
        after = {"provider": request.path_params["provider"], "event": arrived.event}
        entry = entry_of(request, caller, "signIn", caller.credential, "done", after)
        await run_in_threadpool(self._audit.add, entry)

    async def _allowed(self, request: Request, caller: Caller, client: str, allowed: bool) -> None:
        entry = entry_of(request, caller, "allowClient", client, "done" if allowed else "ACCESS_DENIED")
        await run_in_threadpool(self._audit.add, entry)


def _nobody_elses(container: Container) -> SignIn:
    """Signing in without any provider."""
    identities = build_identities(home_keys(container.bench.home))
    return SignIn(container.auth, OidcClient(), [], container.origin, identities=identities)
