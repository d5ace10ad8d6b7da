"""A module and its routes as frozen records, from which everything that others need to know of it is derived."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from contracts.access.caller import Caller, Role
from contracts.modules.database import Database, Table
from contracts.modules.events import Bus, Consumer
from contracts.modules.home import HomeSection
from contracts.modules.retention import TableRetention
from contracts.modules.sealing import Sealer

Service = Any
"""What a module's routes ask: its own object in this process, or a client with the same methods for another process."""


@dataclass(frozen=True, kw_only=True)
class RouteCall:
    """A request whose caller, role, body and parameters were checked.

    `path` has the path's parameters as the types that the route names. `version` is the one that If-Match names: None
    is any, -1 one that no value has.
    """

    caller: Caller
    path: Mapping[str, Any]
    body: Any = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class RouteAnswer:
    """What a route answers, of the type that it names; a file is at its start, and closed once it was sent.

    `version` becomes the ETag of a versioned route. In the audit row `target` is what it was done to, and `actor`
    stands for the caller where that is not to be kept.
    """

    value: Any
    version: int | None = None
    target: str = ""
    actor: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A window of its own: `per_minute` requests by user; header fields show its `name`."""

    name: str
    per_minute: int


@dataclass(frozen=True, kw_only=True)
class Download:
    """An answer that is a file instead of a record."""

    media_type: str
    filename: str


@dataclass(frozen=True, kw_only=True)
class RouteSpec:
    """One endpoint; `endpoint` blocks and gets the module's service and the checked request.

    `name` is its id in the OpenAPI document, `says` what the good answer is there, `parameters` the types of the path's
    parameters, `refusals` the statuses that do not follow from the other fields.

    Callers below `role` are refused; `permits` raises Forbidden for what the role alone does not decide. `recent` wants
    a session that began in the last ten minutes, `versioned` an ETag on answers and If-Match on changes. With
    `idempotent` the same Idempotency-Key gets the first answer again, with `audit` every request of somebody known
    leaves a row of that operation. Without a `rate` the window of the path's beginning counts. `retry_s` is how long to
    wait after the module itself said that it was too often.
    """

    method: Literal["GET", "PUT", "POST", "DELETE"]
    path: str
    name: str
    summary: str
    endpoint: Callable[[Service, RouteCall], RouteAnswer]
    answer: type | Download
    body: type | None = None
    status: int = 200
    says: str = "As it is now."
    parameters: Mapping[str, type] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    role: Role = Role.USER
    permits: Callable[[RouteCall], None] | None = None
    recent: bool = False
    versioned: bool = False
    idempotent: bool = False
    audit: str | None = None
    rate: Rate | None = None
    retry_s: int | None = None

    @property
    def operation(self) -> str:
        """Return method and path, as the edge knows the route."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """What a module's checks look at: the database as it is, not migrated, and secrets of the home by name."""

    database: Database
    secret: Callable[[str], bytes]
    clock: Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class ModuleContext(CheckContext):
    """What a process gives its modules: the migrated database and a random UUID as text by `ids()`.

    `keys` is the folder of key files. `clock` gives Unix seconds.
    """

    sealer: Sealer
    bus: Bus
    keys: Path
    ids: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Remote:
    """How a module is called in a process of its own: by the methods of `protocols`.

    With `own_users` a user's call may only be about that user, unless an admin or the server itself calls.
    """

    protocols: tuple[type, ...]
    own_users: bool = True


@dataclass(frozen=True, kw_only=True)
class Module:
    """One module. Its name begins its tables' names, and is that of its receipts and of its folder in an export.

    `build` makes its service; a module without `remote` always has it in this process. `tables` are all its tables and
    `migrations` the folder of its branch. `routes` ask its service; `schemas` names records in the OpenAPI document
    where they have other names than their classes. `consumers` take events in the process that delivers. `section` is
    the name of its part of the first screen, and `home_section` what answers for it, None while it is not built.
    `retains` says of every table what its columns hold, for how long, and how a user's rows are exported and erased, in
    the order in which they may be erased. `checks` yields (what, fault) for operators, an empty fault where all is
    well, and nothing where its tables are not there. `secrets` are 32 random bytes each by the name of their file.
    `lifespan` surrounds serving.
    """

    name: str
    build: Callable[[ModuleContext], Service] | None = None
    tables: tuple[Table, ...] = ()
    migrations: Path | None = None
    routes: tuple[RouteSpec, ...] = ()
    schemas: Mapping[type, str] = field(default_factory=dict)
    consumers: Callable[[ModuleContext], Sequence[Consumer]] | None = None
    section: str | None = None
    home_section: Callable[[Service], HomeSection] | None = None
    retains: Callable[[ModuleContext, Service], Sequence[TableRetention]] | None = None
    checks: Callable[[CheckContext], Iterator[tuple[str, str]]] | None = None
    secrets: tuple[str, ...] = ()
    remote: Remote | None = None
    lifespan: Callable[[ModuleContext, Service], AbstractAsyncContextManager[None]] | None = None
