"""What auth is to the server; what its routes ask, an AuthSite, is put together by the server."""

from collections.abc import Sequence
from pathlib import Path

from contracts.access.auth import Auth, PublishedKeys
from contracts.module import Module, ModuleContext, Remote
from contracts.modules.retention import TableRetention
from kit.sql.sessions import engine_of
from services.auth import http
from services.auth.module import AuthModule
from services.auth.oauth_server import apps_http
from services.auth.oauth_server import http as oauth_http
from services.auth.oidc_client import http as sign_in_http
from services.auth.oidc_client.identities import Identities
from services.auth.retention import AuthRetention
from services.auth.sessions import http as sessions_http
from services.auth.tables import METADATA
from services.auth.tokens.signing_keys import KeyRing


def _module(context: ModuleContext) -> AuthModule:
    engine, keys = engine_of(context.database), KeyRing(context.keys)
    return AuthModule(engine, keys, clock=context.clock, bus=context.bus)


def _retained(context: ModuleContext, auth: AuthModule) -> Sequence[TableRetention]:
    return AuthRetention(auth, Identities(context.secret("identities"), context.sealer)).tables()


AUTH = Module(
    name="auth",
    build=_module,
    tables=tuple(METADATA.tables.values()),
    migrations=Path(__file__).parent / "migrations",
    routes=(
        *http.ROUTES,
        *sessions_http.ROUTES,
        *sign_in_http.ROUTES,
        *oauth_http.ROUTES,
        *apps_http.ROUTES,
    ),
    retains=_retained,
    secrets=("identities",),
    remote=Remote(protocols=(Auth, PublishedKeys), own_users=False),
)
