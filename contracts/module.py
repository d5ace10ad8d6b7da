"""A module as a frozen record, from which everything that others need to know of it is derived."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.benchmark.catalog_layers import Layer
from contracts.modules.database import Database, Table
from contracts.modules.events import Bus, Consumer
from contracts.modules.home import HomeSection
from contracts.modules.retention import PartsRetention, TableRetention
from contracts.modules.sealing import UserSealer
from contracts.routes import RouteSpec, Service
from contracts.storage import Storage


def no_variable(_: str) -> str | None:
    """Return None: there are no variables."""
    return None


def no_service(name: str) -> Service:
    """Raise LookupError: there is no other module."""
    raise LookupError(f"no module {name} is there")


def nothing_to_close() -> None:
    """Return: there is nothing to close."""


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """What a module's checks look at: the database as it is, not migrated, and secrets of the home by name.

    `settings` is the module's own table of tipbench.toml, as its record names it; `variable` gives the environment
    variables that the settings name.
    """

    database: Database
    secret: Callable[[str], bytes]
    clock: Callable[[], float]
    settings: Any = None
    variable: Callable[[str], str | None] = field(default=no_variable, repr=False)


@dataclass(frozen=True, kw_only=True)
class RotationContext(CheckContext):
    """What a module rotates its keys with: the database as it is, not migrated, and the folder of key files."""

    keys: Path


@dataclass(frozen=True, kw_only=True)
class ModuleContext(RotationContext):
    """What a process gives its modules: the migrated database and a random UUID as text by `ids()`.

    `storage` has the stores of the home, in which a module's keys begin with its name and a slash. `clock` gives Unix
    seconds. `egress_exceptions` are what the operator lets the guarded transport send to though it is not public, and
    `layers` the folders of the catalog. `service(name)` gives a module that this one is built on, or a client of it.
    """

    sealer: UserSealer
    bus: Bus
    storage: Storage
    ids: Callable[[], str]
    egress_exceptions: frozenset[tuple[str, int]] = frozenset()
    layers: Sequence[Layer] = ()
    service: Callable[[str], Service] = no_service


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """How a key is rotated: `rotate` returns what is to be printed, `says` is the help of the command."""

    says: str
    rotate: Callable[[RotationContext], str]


@dataclass(frozen=True, kw_only=True)
class ModuleKey:
    """A key that a module makes itself in the folder of key files; both take that folder and Unix seconds.

    `is_there` returns whether nothing is to be made, and `make` makes it.
    """

    is_there: Callable[[Path, float], bool]
    make: Callable[[Path, float], None]


@dataclass(frozen=True, kw_only=True)
class Worker:
    """What a module does by itself, in a thread of the process that has its service, while that serves.

    `step` blocks and returns whether it did something; if so it is called again at once, else after `every_s` seconds.
    `stop` is called in another thread when the process ends: a step under way is to end within seconds. `close` is
    called in the thread of the steps after the last one. Of the processes on a home one at a time runs a worker that is
    `alone`, under a lease; another takes over when that process ends.
    """

    name: str
    step: Callable[[], bool]
    every_s: float
    alone: bool = False
    stop: Callable[[], None] = nothing_to_close
    close: Callable[[], None] = nothing_to_close


@dataclass(frozen=True, kw_only=True)
class Remote:
    """How a module is called in a process of its own: by the methods of `protocols`.

    With `own_users` a user's call may only be about that user, unless an admin or the server itself calls. A module
    without `own_data` has no tables and no users: its process opens neither database nor users' keys. A call is waited
    for `deadline_s`, None for as long as any.
    """

    protocols: tuple[type, ...]
    own_users: bool = True
    own_data: bool = True
    deadline_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Module:
    """One module. Its name begins its tables' names, and is that of its receipts and of its folder in an export.

    The functions import what they need when they are called: a command that only opens the database starts without it.
    `build` makes its service; a module without `remote` always has it in this process. `tables` are all its tables and
    `migrations` the folder of its branch. `routes` ask its service; `schemas` names records in the OpenAPI document
    where they have other names than their classes. `consumers` take events in the process that delivers. `section` is
    the name of its part of the first screen, and `home_section` what answers for it, None while it is not built.
    `retains` says of every table what its columns hold, for how long, and how a user's rows are exported and erased, in
    the order in which they may be erased, and `retains_parts` the same of datasets of Parquet parts. A module that is
    `erased_last` is so when all others have answered: it holds the messages by which they do. `checks` yields (what,
    fault) for operators, an empty fault where all is well, and nothing where its tables are not there. `secrets` are 32
    random bytes each by the name of their file, `keys` what else it signs or seals with, by the name under which it is
    missing; `rotates` has keys to rotate by the name that `tipbench keys rotate` takes. `settings` is the type of its
    table in tipbench.toml, which needs no value. `workers` run where its service is, and there `lifespan` surrounds
    serving.
    """

    name: str
    build: Callable[[ModuleContext], Service] | None = None
    tables: Callable[[], Sequence[Table]] = tuple
    migrations: Path | None = None
    routes: Callable[[], Sequence[RouteSpec]] = tuple
    schemas: Callable[[], Mapping[type, str]] = dict
    consumers: Callable[[ModuleContext], Sequence[Consumer]] | None = None
    section: str | None = None
    home_section: Callable[[Service], HomeSection] | None = None
    retains: Callable[[ModuleContext, Service], Sequence[TableRetention]] | None = None
    retains_parts: Callable[[ModuleContext, Service], Sequence[PartsRetention]] | None = None
    erased_last: bool = False
    checks: Callable[[RotationContext], Iterator[tuple[str, str]]] | None = None
    secrets: tuple[str, ...] = ()
    keys: Mapping[str, ModuleKey] = field(default_factory=dict)
    rotates: Mapping[str, Rotation] = field(default_factory=dict)
    settings: Callable[[], Any] | None = None
    workers: Callable[[ModuleContext, Service], Sequence[Worker]] | None = None
    remote: Remote | None = None
    lifespan: Callable[[ModuleContext, Service], AbstractAsyncContextManager[None]] | None = None
