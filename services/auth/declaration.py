"""What auth is to the server; what its routes ask, an AuthSite, is put together by the server."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.access.auth import Auth, PublishedKeys
from contracts.module import Module, ModuleContext, ModuleKey, Remote, Rotation, RotationContext
from contracts.modules.database import Table
from contracts.modules.retention import TableRetention
from contracts.routes import RouteSpec
from kit.disk_reserve import has_capacity
from kit.sql.sessions import engine_of

if TYPE_CHECKING:
    from services.auth.module import AuthModule


def _tables() -> Sequence[Table]:
    from services.auth.tables import METADATA

    return tuple(METADATA.tables.values())


def _routes() -> Sequence[RouteSpec]:
    from services.auth import http
    from services.auth.oauth_server import apps_http
    from services.auth.oauth_server import http as oauth_http
    from services.auth.oidc_client import http as sign_in_http
    from services.auth.sessions import http as sessions_http

    parts = http, sessions_http, sign_in_http, oauth_http, apps_http
    return [route for part in parts for route in part.ROUTES]


def _module(context: ModuleContext) -> "AuthModule":
    from services.auth.module import AuthModule
    from services.auth.tokens.signing_keys import KeyRing

    engine, keys = engine_of(context.database), KeyRing(context.keys)
    capacity = partial(has_capacity, context.keys)
    return AuthModule(engine, keys, clock=context.clock, bus=context.bus, has_capacity=capacity)


def _retained(context: ModuleContext, auth: "AuthModule") -> Sequence[TableRetention]:
    from services.auth.oidc_client.identities import Identities
    from services.auth.retention import AuthRetention

    return AuthRetention(auth, Identities(context.secret("identities"), context.sealer)).tables()


def _rotate(context: RotationContext) -> str:
    from services.auth.tokens.rotation import rotate

    return rotate(context.keys, context.clock())


def _signs(keys: Path, now: float) -> bool:
    from services.auth.tokens.signing_keys import KeyRing

    return any(key.not_after is None for key in KeyRing(keys).published(now))


def _make_signing_key(keys: Path, now: float) -> None:
    from services.auth.tokens.signing_keys import KeyRing

    KeyRing(keys).signing(now)


AUTH = Module(
    name="auth",
    build=_module,
    tables=_tables,
    migrations=Path(__file__).parent / "migrations",
    routes=_routes,
    retains=_retained,
    secrets=("identities",),
    keys={"jwt": ModuleKey(is_there=_signs, make=_make_signing_key)},
    rotates={
        "jwt": Rotation(
            says="Publish a new key for bearer tokens and print its id; it signs six minutes later.\n\nBy then every "
            "verifier has it. The old one verifies for as long as a token lives, and is then left out by itself.",
            rotate=_rotate,
        )
    },
    remote=Remote(protocols=(Auth, PublishedKeys), own_users=False),
)
