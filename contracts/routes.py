"""Endpoints as frozen records: their checks, limits, audit rows and description are all derived from them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from contracts.access.caller import Caller, Role

Service = Any
"""What a module's routes ask: its own object in this process, or a client with the same methods for another process."""
LARGEST_BODY = 1 << 20
"""Bytes of a body, where a route has no limit of its own."""


class Security(Enum):
    """By what a request is let in; only callers have a role."""

    CALLER = "a bearer token or a browser's session"
    SESSION = "a browser's session"
    SCRAPER = "an admin, or the bearer secret of a scraper, which the endpoint knows"
    LINK = "a secret in the address, in place of a sign-in"
    SIGNATURE = "a signature over the body, in place of a sign-in"
    PUBLIC = "nothing; the endpoint looks at what the request shows"


@dataclass(frozen=True, kw_only=True)
class RouteCall:
    """A request whose caller, role, body and parameters were checked.

    `visitor` is who asks, None for nobody. `path` has the path's parameters as the types that the route names, `query`
    the record of its own. `body` is the route's record, or bytes. `version` is the one that If-Match names: None is
    any, -1 one that no value has. `key` is the Idempotency-Key of a route with keys of its own. `request` is the
    server's object, for what it alone has: cookies, a body in parts.
    """

    visitor: Caller | None
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Any = None
    body: Any = None
    version: int | None = None
    key: str | None = None
    request: Any = None

    @property
    def caller(self) -> Caller:
        """Return who asks; raise LookupError on a route that lets nobody in as well."""
        if self.visitor is None:
            raise LookupError("this route has callers whom nobody knows")
        return self.visitor


@dataclass(frozen=True, kw_only=True)
class RouteAnswer:
    """What a route answers, of the type that it names; a file is at its start, and closed once it was sent.

    `version` becomes the ETag of a versioned route, `headers` are added, `filename` is a download's own name. `repeat`
    stands for the value where the same Idempotency-Key comes again, without what may not hold by then. In the audit row
    `target` is what it was done to, `after` what it is now, and `actor` stands for the caller where that is
    not to be stored.
    """

    value: Any
    version: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    filename: str = ""
    repeat: Any = None
    target: str = ""
    actor: str | None = None
    after: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A window: `per_minute` requests by user, or by address of whom nobody knows; header fields show its `name`.

    Routes with the same name share it. It counts other paths that begin with `under`, too, where no route's own does.
    With `failures` only those count that were refused for what they showed, once they were.
    """

    name: str
    per_minute: int
    under: str = ""
    failures: bool = False


APP = Rate(name="app", per_minute=600, under="/v1/")
"""What the app asks, where a route has no window of its own."""


@dataclass(frozen=True, kw_only=True)
class Media:
    """A body or answer that is no JSON; HTML with `headers` is a page that says itself what it may load."""

    media_type: str
    says: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Download:
    """An answer that is a file instead of a record."""

    media_type: str
    filename: str


@dataclass(frozen=True)
class RecordRows:
    """An answer that is a list of records of these types, as the command line prints it."""

    kinds: tuple[type, ...]


@dataclass(frozen=True, kw_only=True)
class RefusedAs:
    """How refusals of the endpoint are answered where not as problems: what by, and of which kind."""

    answer: Any
    respond: Callable[[Any], Any]


Endpoint = Callable[[Service, RouteCall], RouteAnswer | Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class RouteSpec:
    """One endpoint, which gets the module's service (its `part`, where one is named) and the checked request.

    `endpoint` blocks and gives a RouteAnswer; one that is a coroutine runs in the server's loop, and may give the
    server's own response instead. `name` is its id in the OpenAPI document, `says` what the good answer is there,
    `parameters` and `query` the types of its parameters, `others` what it answers with other statuses, `located`
    whether Location is set, `refusals` the statuses that do not follow from the other fields. An answer is a record's
    type, RecordRows, Media, a Download or None; a body a record's type or Media, whose bytes are handed on. A body
    without `max_bytes` is one that the endpoint reads part by part and bounds itself.

    Without the proof of `security`, or below `role`, callers are refused; `permits` raises Forbidden for what the role
    alone does not decide. `recent` wants a session that began in the last ten minutes, `own_page` one of our own pages
    where no session is there to demand it, `cross_site` lets other sites send browsers here. `versioned` gives answers
    an ETag and wants If-Match of changes; `tagged` gives reads one of what they answer; `loose` reads take parameters
    that are not named here. With `idempotent` the same Idempotency-Key gets the first answer again; with `own_key` the
    endpoint sees to that. With `audit` every request of somebody known leaves a row of that operation; `named_in` finds
    the target in a body that was refused, whose hash is then in the row. `retry_s` is how long to wait after the module
    itself said that it was too often, `answer_s` within how many seconds the answer begins where the edge's own limit
    is too short. An endpoint that `asks_others` waits for a server that is not ours: few such requests run at a time.
    """

    method: Literal["GET", "PUT", "POST", "DELETE"]
    path: str
    name: str
    summary: str
    endpoint: Endpoint
    answer: Any
    part: str = ""
    body: Any = None
    max_bytes: int | None = LARGEST_BODY
    status: int = 200
    says: str = "As it is now."
    others: Mapping[int, Any] = field(default_factory=dict)
    located: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    query: type | None = None
    loose: bool = False
    refusals: tuple[int, ...] = ()
    refused: RefusedAs | None = None
    security: Security = Security.CALLER
    role: Role = Role.USER
    permits: Callable[[RouteCall], None] | None = None
    recent: bool = False
    own_page: bool = False
    cross_site: bool = False
    versioned: bool = False
    tagged: bool = True
    idempotent: bool = False
    own_key: bool = False
    audit: str | None = None
    named_in: Callable[[bytes], str] | None = None
    rate: Rate | None = APP
    retry_s: int | None = None
    answer_s: float | None = None
    asks_others: bool = False

    @property
    def operation(self) -> str:
        """Return method and path, as the edge knows the route."""
        return f"{self.method} {self.path}"

    @property
    def proves_itself(self) -> bool:
        """Return whether the request carries its own proof, so that no credential in it is looked at."""
        return self.cross_site or self.security in {Security.LINK, Security.SIGNATURE}
