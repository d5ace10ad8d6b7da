"""The services of a running server, as its endpoints use them."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from contracts.benchmark.launches import Launches
from contracts.operations import HealthSource
from resources.bench_context import BenchContext
from resources.dagster.host import DagsterHost
from services.auth.module import AuthModule
from services.auth.oauth_server.clients import NativeClient
from services.auth.oidc_client.sign_in import SignIn
from services.auth.sessions.caller import CachingAuth
from wiring.keys import HomeKeys
from wiring.modules.auth import build_auth, build_identities
from wiring.modules.events import Events
from wiring.modules.remote import remote_auth
from wiring.modules.running import RunningModules, build_modules
from wiring.modules.sign_in import build_clients, build_sign_in
from wiring.processes.health import ServedSystem
from wiring.server.telemetry import Telemetry, build_telemetry
from wiring.settings import Settings, UpTable


@dataclass(frozen=True, kw_only=True)
class Container:
    """Built once by the process that serves; `origin` is the address that browsers open.

    Callers are identified by `auth_client`, an auth in a process of its own, or by `auth` where that is None. `auth`
    always does what needs its tables, such as signing in by a provider. Without `sign_in` there is no provider, without
    `telemetry` no log, metric or span, without `system` only database and disk are looked at.
    """

    bench: BenchContext
    database: sa.Engine
    auth: AuthModule
    launches: Launches
    modules: RunningModules
    origin: str
    auth_client: CachingAuth | None = None
    sign_in: SignIn | None = None
    clients: Sequence[NativeClient] = ()
    telemetry: Telemetry | None = None
    system: HealthSource | None = None
    up: UpTable = field(default_factory=UpTable)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def asks(self) -> CachingAuth:
        """Return the auth that identifies callers: the remote one if there is one, else the local one."""
        return self.auth_client or self.auth


def build_container(
    settings: Settings,
    bench: BenchContext,
    database: sa.Engine,
    launches: Launches,
    events: Events,
    keys: HomeKeys,
    origin: str,
    host: DagsterHost | None = None,
) -> Container:
    """Return the container for the settings; consumers are added to `events`, so its `life` must begin later."""
    auth = build_auth(settings, database, bus=events.bus)
    identities = build_identities(keys)
    return Container(
        bench=bench,
        database=database,
        auth=auth,
        auth_client=remote_auth(settings.home, settings.modules["auth"]) if "auth" in settings.modules else None,
        launches=launches,
        modules=build_modules(settings, database, auth, events, keys),
        origin=origin,
        sign_in=build_sign_in(settings.sign_in, settings.keys, settings.project, auth, origin, identities),
        clients=build_clients(settings.sign_in),
        telemetry=build_telemetry(settings.home, settings.keys, database, events.lag),
        system=ServedSystem(settings.home.root, database, time.time, host, events.lag),
        up=settings.up,
        keys=settings.keys,
    )
