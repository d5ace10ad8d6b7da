"""The doors of auth: sessions, signing in by a provider, native clients, with an audit row for each success."""

import secrets
import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute

from contracts.access import Caller
from resources.audit import AuditTable
from resources.oidc import OidcClient
from services.auth.apps_http import apps_routes
from services.auth.door import Door
from services.auth.grants import Grants
from services.auth.http import auth_routes
from services.auth.native_http import NativeDoor
from services.auth.sessions_http import session_routes
from services.auth.sign_in import Arrived, SignIn
from services.auth.sign_in_http import sign_in_routes
from wiring.audited import entry_of
from wiring.auth import build_identities
from wiring.house_keys import house_keys
from wiring.parts import Parts


class AuthDoors:
    """Whoever comes in by them is written down in `audit`."""

    def __init__(self, parts: Parts, door: Door, audit: AuditTable) -> None:
        self._parts, self._door, self._audit = parts, door, audit

    def routes(self) -> list[BaseRoute]:
        """All of them, for the application's router."""
        parts, asks = self._parts, self._parts.asks
        sign_in = parts.sign_in or _nobody_elses(parts)
        grants = Grants(parts.auth, clock=time.time, ids=lambda: secrets.token_hex(12), chance=secrets.token_bytes)
        clients = {client.id: client for client in parts.clients}
        native = NativeDoor(grants, asks, self._door, clients, parts.origin, self._allowed, time.time)
        return [
            *auth_routes(asks, self._door, list(sign_in.providers.values())),
            *session_routes(asks, self._door),
            *sign_in_routes(sign_in, asks, self._door, self._signed),
            *native.routes(),
            *apps_routes(grants, asks, self._door),
        ]

    async def _signed(self, request: Request, arrived: Arrived) -> None:
        caller = arrived.signed_in.caller
        after = {"provider": request.path_params["provider"], "event": arrived.event}
        entry = entry_of(request, caller, "signIn", caller.credential, "done", after)
        await run_in_threadpool(self._audit.add, entry)

    async def _allowed(self, request: Request, caller: Caller, client: str, allowed: bool) -> None:
        entry = entry_of(request, caller, "allowClient", client, "done" if allowed else "ACCESS_DENIED")
        await run_in_threadpool(self._audit.add, entry)


def _nobody_elses(parts: Parts) -> SignIn:
    """Signing in without any provider."""
    identities = build_identities(house_keys(parts.house.home))
    return SignIn(parts.auth, OidcClient(), [], parts.origin, identities=identities)
