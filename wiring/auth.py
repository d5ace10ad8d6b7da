"""Builds auth once for every door: its tables in the one database, its keys in the home."""

import time

import sqlalchemy as sa

from services.auth.keys import KeyRing
from services.auth.module import AuthModule
from wiring.settings import Settings


def build_auth(settings: Settings, engine: sa.Engine, *, local_links: bool = True) -> AuthModule:
    """Auth on an open, migrated database; `local_links` is false where the house is served beyond loopback."""
    return AuthModule(engine, KeyRing(settings.home.keys), clock=time.time, local_links=local_links)
