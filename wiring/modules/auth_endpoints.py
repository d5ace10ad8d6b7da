"""Puts together what auth's routes ask, with an audit row for each sign-in and each decision about a client."""

import secrets
import time

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from contracts.access.caller import Caller
from resources.oidc import OidcClient
from resources.sql.audit_log import AuditTable
from services.auth.oauth_server.grants import ClientGrants
from services.auth.oidc_client.sign_in import SignIn, SignInResult
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.site import AuthSite
from wiring.container import Container
from wiring.keys import home_keys
from wiring.modules.auth import build_identities
from wiring.server.audit_entries import entry_of


def build_auth_site(container: Container, policy: BrowserPolicy, audit: AuditTable) -> AuthSite:
    """Return what auth's routes ask; each success becomes a row in `audit`."""

    async def signed(request: Request, arrived: SignInResult) -> None:
        caller = arrived.signed_in.caller
        after = {"provider": request.path_params["provider"], "event": arrived.event}
        entry = entry_of(request, caller, "signIn", caller.credential, "done", after)
        await run_in_threadpool(audit.add, entry)

    async def allowed(request: Request, caller: Caller, client: str, done: bool) -> None:
        entry = entry_of(request, caller, "allowClient", client, "done" if done else "ACCESS_DENIED")
        await run_in_threadpool(audit.add, entry)

    return AuthSite(
        auth=container.asks,
        policy=policy,
        sign_in=container.sign_in or _without_providers(container),
        grants=ClientGrants(
            container.auth, clock=time.time, ids=lambda: secrets.token_hex(12), random_bytes=secrets.token_bytes
        ),
        clients={client.id: client for client in container.clients},
        issuer=container.origin,
        signed=signed,
        allowed=allowed,
        clock=time.time,
    )


def _without_providers(container: Container) -> SignIn:
    identities = build_identities(home_keys(container.bench.home))
    return SignIn(container.auth, OidcClient(), [], container.origin, identities=identities)
