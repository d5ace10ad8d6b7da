"""A module and its routes as frozen records, from which everything that others need to know of it is derived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from contracts.access.caller import Caller, Role

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
