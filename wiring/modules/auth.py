"""Builds auth once for every entry point: its tables in the one database, its keys in the home."""

import time
from functools import partial

import sqlalchemy as sa

from contracts.modules.events import Bus
from kit.disk_reserve import has_capacity
from services.auth.module import AuthModule
from services.auth.oidc_client.identities import Identities
from services.auth.tokens.signing_keys import KeyRing
from wiring.keys import HomeKeys
from wiring.settings import Settings


def build_auth(
    settings: Settings, engine: sa.Engine, *, local_links: bool = True, bus: Bus | None = None
) -> AuthModule:
    """Return auth on a migrated database; `local_links` is false where the server is reached beyond loopback.

    The end of sessions and tokens is published on `bus`, unless it is None.
    """
    return AuthModule(
        engine,
        KeyRing(settings.home.keys),
        clock=time.time,
        local_links=local_links,
        bus=bus,
        has_capacity=partial(has_capacity, settings.home.root),
    )


def build_identities(keys: HomeKeys) -> Identities:
    """Return the store of the identities that providers vouched for."""
    return Identities(keys.identity_key, keys.sealer)
