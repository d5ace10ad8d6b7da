"""The modules of a process that serves or erases: their services, and all that is derived from their records."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request
from starlette.routing import Route

from contracts.access.auth import Auth
from contracts.access.caller import Caller
from contracts.benchmark.catalog_layers import Layer
from contracts.module import Module, ModuleContext
from contracts.modules.erasure import IdentityGrants, SignedInLately
from contracts.modules.events import Bus
from contracts.modules.home import HomeSection
from contracts.modules.sealing import UserSealer
from contracts.routes import Service
from kit.http.access import is_recent
from kit.times import utc_now
from resources.home import Home
from resources.sql.audit_log import AuditTable
from services.auth.module import AuthModule
from services.gateway.edge.middleware import caller_of
from services.gateway.rest.module_routes import Done, MayChange, RouteGuards, module_routes
from services.integrations.declaration import INTEGRATIONS
from wiring.keys import HomeKeys
from wiring.modules import all_modules
from wiring.modules.auth import build_identities
from wiring.modules.context import for_module, module_context, parts_of, policies_of
from wiring.modules.erasure import AllGrants, ErasureServices, person_among
from wiring.modules.events import Events
from wiring.modules.remote import remote_service
from wiring.modules.sign_in import build_grants
from wiring.modules.workers import ModuleWorkers
from wiring.server.audit_entries import entry_of
from wiring.settings import Settings

LATELY_S = 600.0


class RunningModules:
    """Built once; `elsewhere` is where modules are that have a process of their own, `auth` is always here.

    What spans modules stays here too. `grants` are revoked at identity providers before a user is erased, and what
    their connections were granted too. `tables` are settings of modules by name, `variables` the environment that they
    may name, `egress_exceptions` and `layers` those of the project's settings, `ids` gives ids in place of random ones.
    """

    def __init__(
        self,
        home: Home,
        database: sa.Engine,
        auth: AuthModule,
        bus: Bus,
        sealer: UserSealer,
        *,
        elsewhere: Mapping[str, str] | None = None,
        grants: IdentityGrants | None = None,
        clock: Callable[[], float] = time.time,
        tables: Mapping[str, Any] | None = None,
        variables: Mapping[str, str] | None = None,
        egress_exceptions: Sequence[str] = (),
        layers: Sequence[Layer] = (),
        ids: Callable[[], str] | None = None,
    ) -> None:
        self._context = module_context(home, database, sealer, bus, clock, egress_exceptions, layers, ids)
        self._tables, self._variables = tables or {}, variables or {}
        self._auth, self._audit, self._clock = auth, AuditTable(database), clock
        services: dict[str, Service] = {"auth": auth}
        self._context = replace(self._context, service=services.__getitem__)
        for module in all_modules():
            if module.name in (elsewhere or {}) and module.name not in services:
                services[module.name] = remote_service(home, module.name, (elsewhere or {})[module.name], clock)
            elif module.build is not None and module.name not in services:
                services[module.name] = module.build(self._context_of(module))
        policies, parts = policies_of(self._context, services), parts_of(self._context, services)
        held = [each for each in (grants, services.get(INTEGRATIONS.name)) if each is not None]
        self.erasure = ErasureServices(home, self._context, policies, parts, auth.check_erasable, AllGrants(held))
        self._services: Mapping[str, Service] = {**services, "erasure": self.erasure.service}
        self._here = [each for each in all_modules() if each.name not in (elsewhere or {})]
        taking = [each.consumers(self._context_of(each)) for each in all_modules() if each.consumers is not None]
        self._workers = [
            ModuleWorkers(each, self._context_of(each), services.get(each.name), home.storage.leases, utc_now)
            for each in self._here
            if each.workers is not None
        ]
        self.consumers = [*self.erasure.consumers, *(consumer for each in taking for consumer in each)]

    def service(self, name: str) -> Service:
        """Return the service of a module, which is a client where the module has a process of its own."""
        return self._services[name]

    @property
    def people(self) -> Service:
        """Return the service of profiles and consents."""
        return person_among(self._services)

    def routes(self, services: Mapping[str, Service], may_change: MayChange) -> list[Route]:
        """Return the routes that the modules declare; `services` are those of modules that the server puts together."""
        lately = signed_in_lately(self._auth, self._clock)
        guards = RouteGuards(caller_of=caller_of, lately=lately, record=self._record, may_change=may_change)
        asks = {**self._services, **services}
        return [route for each in all_modules() for route in module_routes(each.routes(), asks.get(each.name), guards)]

    def sections(self) -> dict[str, HomeSection | None]:
        """Return the sections of the first screen; None for those whose modules are not built yet."""
        return {
            each.section: None if each.home_section is None else each.home_section(self._services.get(each.name))
            for each in all_modules()
            if each.section is not None
        }

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Run what modules do beside answering, while the block runs."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.erasure.life())
            for module in self._here:
                if module.lifespan is not None:
                    lifespan = module.lifespan(self._context_of(module), self._services.get(module.name))
                    await stack.enter_async_context(lifespan)
            for workers in self._workers:
                stack.push_async_callback(asyncio.to_thread, workers.stop)
                workers.start()
            yield

    def _context_of(self, module: Module) -> ModuleContext:
        return for_module(self._context, module, self._tables, self._variables)

    def _record(self, request: Request, caller: Caller, done: Done) -> None:
        entry = entry_of(
            request, caller, done.operation, done.target, done.outcome, done.after, input_hash=done.input_hash
        )
        self._audit.add(entry)


def build_modules(
    settings: Settings, database: sa.Engine, auth: AuthModule, events: Events, keys: HomeKeys
) -> RunningModules:
    """Return the modules on an open, migrated database; their consumers are added to `events`, so before its life."""
    built = RunningModules(
        settings.home,
        database,
        auth,
        events.bus,
        keys.sealer,
        elsewhere=settings.modules,
        tables=settings.module_settings,
        variables=settings.keys,
        egress_exceptions=settings.up.egress_exceptions,
        layers=settings.layers,
        grants=build_grants(settings, database, build_identities(keys)),
    )
    events.consume(*built.consumers)
    return built


def signed_in_lately(auth: Auth, clock: Callable[[], float]) -> SignedInLately:
    """Return a function that says whether the caller's session began within the last ten minutes (`LATELY_S`)."""

    def lately(caller: Caller) -> bool:
        credentials = auth.credentials(caller.subject) if caller.via == "session" else []
        return is_recent(caller, credentials, clock(), LATELY_S)

    return lately
