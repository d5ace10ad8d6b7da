"""What a process gives its modules, and the services, retention policies and checks that their records make of it."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import sqlalchemy as sa

from contracts.benchmark.catalog_layers import Layer
from contracts.module import CheckContext, Module, ModuleContext, RotationContext
from contracts.modules.events import Bus
from contracts.modules.retention import PartsRetention, RetentionPolicy, TableRetention
from contracts.modules.sealing import UserSealer
from contracts.routes import Service
from kit.egress.targets import read_exceptions
from resources.home import Home
from wiring.database import database_as_it_is
from wiring.modules import all_modules
from wiring.settings import Settings

ContextT = TypeVar("ContextT", bound=CheckContext)


@dataclass(frozen=True)
class ModuleRetention:
    """Implements contracts.modules.retention.RetentionPolicy for what a module's record says."""

    module: Module
    context: ModuleContext
    service: Service

    @property
    def name(self) -> str:
        """Return the module's name."""
        return self.module.name

    def tables(self) -> Sequence[TableRetention]:
        """Return the retention of every table, in the order in which rows may be erased."""
        return () if self.module.retains is None else self.module.retains(self.context, self.service)


def module_context(
    home: Home,
    database: sa.Engine,
    sealer: UserSealer,
    bus: Bus,
    clock: Callable[[], float] = time.time,
    egress_exceptions: Sequence[str] = (),
    layers: Sequence[Layer] = (),
    ids: Callable[[], str] | None = None,
) -> ModuleContext:
    """Return what modules get on an open, migrated database; exceptions and layers are those of the settings."""
    return ModuleContext(
        database=database,
        secret=home.secret,
        clock=clock,
        sealer=sealer,
        bus=bus,
        keys=home.keys,
        storage=home.storage,
        ids=ids or new_id,
        egress_exceptions=read_exceptions(egress_exceptions, ("up.egress_exceptions",)),
        layers=layers,
    )


def for_module(context: ContextT, module: Module, tables: Mapping[str, Any], variables: Mapping[str, str]) -> ContextT:
    """Return the context with the module's own settings, of `tables` or as they are without one."""
    settings = tables.get(module.name, None if module.settings is None else module.settings())
    return replace(context, settings=settings, variable=variables.get)


def policies_of(context: ModuleContext, services: Mapping[str, Service]) -> list[RetentionPolicy]:
    """Return a retention policy for each module that has tables, in the modules' order.

    A module whose rows are reached through its service gets that of `services`.
    """
    return [
        ModuleRetention(module, context, services.get(module.name))
        for module in all_modules()
        if module.retains is not None
    ]


def parts_of(context: ModuleContext, services: Mapping[str, Service]) -> dict[str, Sequence[PartsRetention]]:
    """Return the retention of the modules' datasets of Parquet parts, by the name of the module."""
    return {
        module.name: module.retains_parts(context, services.get(module.name))
        for module in all_modules()
        if module.retains_parts is not None
    }


def check_modules(settings: Settings) -> Iterator[tuple[str, str]]:
    """Return (what, fault) for each check of each module, an empty fault where all is well.

    Nothing for a home without a database, which gets none by it.
    """
    if settings.database_url is None and not settings.home.has_database:
        return
    with database_as_it_is(settings.home, settings.database_url) as engine:
        context = RotationContext(
            database=engine, secret=settings.home.secret, clock=time.time, keys=settings.home.keys
        )
        found = [
            finding
            for module in all_modules()
            if module.checks is not None
            for finding in module.checks(for_module(context, module, settings.module_settings, settings.keys))
        ]
    yield from found


def new_id() -> str:
    """Return a random UUID as text."""
    return str(uuid.uuid4())
