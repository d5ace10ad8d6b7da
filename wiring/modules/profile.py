"""Builds profile: its module, the erasure saga over every module that stores user data, its endpoints."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import sqlalchemy as sa
from starlette.requests import Request
from starlette.routing import Route

from contracts.access.auth import Auth
from contracts.access.caller import Caller
from contracts.module import RouteSpec
from contracts.modules.erasure import IdentityGrants, SignedInLately
from contracts.modules.events import Bus, Consumer
from contracts.modules.home import HomeSection
from contracts.modules.profile import Person
from contracts.modules.retention import RetentionPolicy
from contracts.modules.sealing import Sealer
from kit.http.access import is_recent
from kit.times import utc_now
from resources.home import Home
from resources.privacy.erasure_ledger import open_ledger
from resources.privacy.export_archive import ExportArchives
from resources.privacy.module_eraser import ModuleEraser
from resources.sql.audit_log import AuditTable
from resources.sql.engine import empty_log
from services.auth.module import AuthModule
from services.events.delivery.worker import DeliveryWorker
from services.gateway.edge.middleware import caller_of
from services.gateway.rest.module_routes import RouteGuards, module_routes
from services.profile import routes as profile_routes
from services.profile.erasure import routes as erasure_routes
from services.profile.erasure.saga import ErasureDependencies, ErasureSaga, Receipts
from services.profile.home import ProfileHome
from services.profile.module import ProfileModule
from wiring.keys import HomeKeys
from wiring.modules.auth import build_identities
from wiring.modules.events import Events
from wiring.modules.remote import remote_profile
from wiring.modules.retention import retention_policies_of
from wiring.modules.sign_in import build_grants
from wiring.server.audit_entries import entry_of
from wiring.settings import Settings

LATELY_S = 600.0
ROUTES: tuple[RouteSpec, ...] = (*profile_routes.ROUTES, *erasure_routes.ROUTES)
SCHEMA_NAMES = profile_routes.SCHEMA_NAMES | erasure_routes.SCHEMA_NAMES


class ProfileServices:
    """Built once by the process that serves or erases; `consumers` must be delivered to while `life` lasts.

    `policies` are the retention policies of all modules; all are exported. The last is that of events, which holds the
    messages themselves: it is erased when all others have answered, and then the others once more. `remote` is profile
    in a process of its own; erasing and exporting stay here. `grants` are revoked at identity providers before a user
    is erased.
    """

    def __init__(
        self,
        home: Home,
        database: sa.Engine,
        auth: Auth,
        bus: Bus,
        sealer: Sealer,
        policies: Sequence[RetentionPolicy],
        *,
        remote: Person | None = None,
        grants: IdentityGrants | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        key = home.secret("profile")
        self.module: Person = remote or ProfileModule(database, sealer, bus, key, ids=new_id, clock=clock)
        *others, events = policies
        dependencies = ErasureDependencies(
            check_erasable=auth.check_erasable,
            ledger=open_ledger(home),
            sealer=sealer,
            scrub=lambda: empty_log(database),
            grants=grants,
        )
        names = [policy.name for policy in others]
        self.saga = ErasureSaga(
            database, bus, key, dependencies, modules=names, last=[*others, events], ids=new_id, clock=clock
        )
        self.archives = ExportArchives(database, policies, home.root / "tmp", now=utc_now)
        erasers = [ModuleEraser(policy, bus, ids=new_id, now=utc_now) for policy in others]
        self.consumers: list[Consumer] = [Receipts(clock), *erasers]
        self._auth, self._audit, self._clock = auth, AuditTable(database), clock

    def routes(self) -> list[Route]:
        """Return the routes of profile's endpoints."""
        guards = RouteGuards(caller_of=caller_of, lately=signed_in_lately(self._auth, self._clock), record=self._record)
        spanning = erasure_routes.UserData(self.saga, self.archives)
        return [
            *module_routes(profile_routes.ROUTES, self.module, guards),
            *module_routes(erasure_routes.ROUTES, spanning, guards),
        ]

    def sections(self) -> dict[str, HomeSection | None]:
        """Return the sections of the first screen; None for those whose modules are not built yet."""
        own = ProfileHome(self.module, self.module)
        return {"profile": own, "tips": None, "connections": None, "notifications": None}

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Complete erasures that modules have answered, in a thread, while the block runs."""
        worker = DeliveryWorker(self.saga.step, "erasures")
        worker.start()
        try:
            yield
        finally:
            await asyncio.to_thread(worker.stop)

    def _record(self, request: Request, caller: Caller, operation: str, target: str, outcome: str) -> None:
        self._audit.add(entry_of(request, caller, operation, target, outcome))


def build_profile(
    settings: Settings, database: sa.Engine, auth: AuthModule, events: Events, keys: HomeKeys
) -> ProfileServices:
    """Return profile on open, migrated stores; its consumers are added to `events`, so call it before their life."""
    policies, elsewhere = retention_policies_of(database, auth, keys), settings.modules.profile
    remote = remote_profile(settings.home, elsewhere) if elsewhere else None
    grants = build_grants(settings, database, build_identities(keys))
    profile = ProfileServices(
        settings.home, database, auth, events.bus, keys.sealer, policies, remote=remote, grants=grants
    )
    events.consume(*profile.consumers)
    return profile


def new_id() -> str:
    """Return a random UUID as text."""
    return str(uuid.uuid4())


def signed_in_lately(auth: Auth, clock: Callable[[], float]) -> SignedInLately:
    """Return a function that says whether the caller's session began within the last ten minutes (`LATELY_S`)."""

    def lately(caller: Caller) -> bool:
        credentials = auth.credentials(caller.subject) if caller.via == "session" else []
        return is_recent(caller, credentials, clock(), LATELY_S)

    return lately
