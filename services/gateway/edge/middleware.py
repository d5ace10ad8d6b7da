"""The edge: what every request passes first, in one place and once: host, size, caller, origin, headers, time.

Pure ASGI, so that streams and websockets pass through untouched. What it wraps is a router without error pages of its
own, since those would answer for a defect before the edge can.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.access.caller import Caller
from contracts.refusals import Refusal
from contracts.trace import TRACEPARENT
from core.full_disk import is_full_disk
from kit.http.access import ForeignOrigin
from kit.http.answers import status_of
from kit.http.bodies import LARGEST_BODY, LimitedBody, declared_length, too_large
from kit.http.client_addresses import counted_address
from kit.http.evicting_quota import EvictingQuota
from kit.http.headers import Malformed, headers_of
from services.gateway.edge.cors import address_of, cors, from_elsewhere, is_foreign, is_preflight, moved_page
from services.gateway.edge.edge_answers import EDGE_HEADERS, REQUEST_ID, refuse, secured
from services.gateway.edge.rate_limits import Counted, RateLimits
from services.gateway.edge.refusal_pace import RefusalPace
from services.gateway.edge.trace_context import TRACE, trace_of

CALLER = "tipbench.caller"
"""Key of the scope that every entry point behind the edge reads."""
LIMITED, DEFECT = "tipbench.limited", "tipbench.defect"
"""Keys of the scope that hold the rate limit that refused a request, and the class of a defect that ended it."""

HELD_BYTES = 32 << 20
"""Bytes of a caller's bodies that are held at a time."""
UNPROVEN = frozenset({400, 401, 404})
"""Statuses of a link, code or token that was no valid one."""
PACED_CODES = frozenset({"FOREIGN_ORIGIN", "MISDIRECTED", "RATE_LIMITED"})
"""Codes of refusals that programs cause as fast as they are answered."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = logging.getLogger("tipbench.edge")


@dataclass(frozen=True)
class EdgeRules:
    """What the edge lets through.

    `hosts` are exact Host headers; `free_bodies` path prefixes whose endpoints count their own, larger bodies;
    `streamed` those of them that keep no body in memory; `public` path prefixes that carry their own proof and no
    cookie (webhooks, uploads); `cross_site` those that other sites may send browsers to by POST. `answer_s` is how long
    an endpoint may take to begin its answer once the body is there, for paths that begin with one of `patient` what
    stands there; the body may take `body_s`, and a second more for
    each `slowest` bytes of it; all bodies of one caller may take `held_bytes` at a time. Pages of `cors_origins` may
    read answers, without cookies; X-Forwarded-For counts from the addresses in `trusted_proxies`. Whoever opens a page
    under a host of `aliases` is sent to the origin it stands for.
    """

    hosts: frozenset[str]
    body_bytes: int = LARGEST_BODY
    free_bodies: tuple[str, ...] = ("/uploads/",)
    streamed: tuple[str, ...] = ("/uploads/",)
    public: tuple[str, ...] = ("/uploads/", "/webhooks/")
    cross_site: tuple[str, ...] = ()
    held_bytes: int = HELD_BYTES
    answer_s: float = 60.0
    patient: Mapping[str, float] = field(default_factory=dict)
    body_s: float = 20.0
    slowest: int = 10_000
    aliases: Mapping[str, str] = field(default_factory=dict)
    cors_origins: frozenset[str] = frozenset()
    trusted_proxies: frozenset[str] = frozenset()


Authenticate = Callable[[Scope], Awaitable[Caller | None]]
MayChange = Callable[[str, Mapping[str, str]], bool]


class EdgeMiddleware:
    """Wraps the application; `authenticate` finds the caller, `may_change` recognizes requests of our own pages.

    `rates` limits requests unless it is None; `pace` says when refusals are answered; `random_bytes(n)` returns n
    random bytes for traces.
    """

    def __init__(
        self,
        app: ASGIApp,
        rules: EdgeRules,
        *,
        authenticate: Authenticate,
        may_change: MayChange,
        new_id: Callable[[], str],
        rates: RateLimits | None = None,
        pace: RefusalPace | None = None,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._app, self._rules, self._rates, self._random_bytes = app, rules, rates, random_bytes
        self.bodies, self._pace = EvictingQuota(rules.held_bytes), pace or RefusalPace()
        self._authenticate, self._may_change, self._new_id = authenticate, may_change, new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then hand on with the caller and the request's id in the scope."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers, malformed = _read_headers(scope)
        given = headers.get("x-request-id", "")
        scope[REQUEST_ID] = given if _REQUEST_ID.fullmatch(given) else self._new_id()
        scope[TRACE] = trace_of(headers.get("traceparent"), self._random_bytes)
        traceparent = str(scope[TRACE])
        TRACEPARENT.set(traceparent)
        preflight = scope["type"] == "http" and is_preflight(scope["method"], headers)
        shared = cors(headers, self._rules.cors_origins, preflight=preflight)
        if scope.get("client"):
            # What is behind the edge reads the address here, and nowhere else.
            found = address_of(scope["client"][0], headers.get("x-forwarded-for", ""), self._rules.trusted_proxies)
            scope["client"] = (found, 0)
        scope[EDGE_HEADERS] = [(b"traceparent", traceparent.encode()), *shared]
        elsewhere = moved_page(scope, headers, self._rules.aliases)
        refused = None if elsewhere else malformed or await self._refusal(scope, headers)
        if elsewhere is not None:
            await send({"type": "http.response.start", "status": 308, "headers": secured([elsewhere], scope)})
            await send({"type": "http.response.body", "body": b""})
        elif refused is not None:
            if refused.code in PACED_CODES and scope["type"] == "http":
                await self._pace.wait(scope, _counted_as(scope))
            await refuse(scope, send, refused)
        elif preflight and len(shared) > 1:
            await send({"type": "http.response.start", "status": 204, "headers": secured([], scope)})
            await send({"type": "http.response.body", "body": b""})
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> Refusal | None:
        """Why the request goes no further, and the caller put into the scope when it does."""
        rules, path = self._rules, scope["path"]
        if headers.get("host", "").lower() not in rules.hosts:
            return Refusal("this host is not served here", code="MISDIRECTED")
        scope[CALLER] = None
        try:
            if not path.startswith(rules.free_bodies) and declared_length(scope) > rules.body_bytes:
                return too_large(rules.body_bytes)
            if not path.startswith(rules.public):
                await self._admit(scope, headers)
        except Refusal as refusal:
            return refusal
        return await self._count(scope, headers)

    async def _count(self, scope: Scope, headers: Mapping[str, str]) -> Refusal | None:
        """429 for a request that is one too many; what is left is told with every answer.

        What a page of another site makes a browser send is refused before it counts for whoever sits at that browser.
        """
        rates, method = self._rates, scope.get("method", "")
        if rates is None or scope["type"] != "http" or not rates.applies(method, scope["path"]):
            return None
        if is_preflight(method, headers):
            return None
        own = scope[CALLER] is not None or scope["path"].startswith(self._rules.cross_site)
        if not own and is_foreign(method, headers, self._rules.hosts, self._rules.cors_origins):
            return ForeignOrigin("one of our own pages did not ask for this")
        counted = rates.count(method, scope["path"], scope[CALLER], _address_in(scope))
        return _counted(scope, counted)

    async def _failed(self, scope: Scope) -> Refusal | None:
        """429 in place of a refusal that is one too many; what proves nothing is answered at a pace."""
        rates, method, path = self._rates, scope["method"], scope["path"]
        if rates is None or not rates.counts_failures(method, path):
            return None
        await self._pace.wait(scope, _counted_as(scope))
        return _counted(scope, rates.count_failure(method, path, scope[CALLER], _address_in(scope)))

    async def _admit(self, scope: Scope, headers: Mapping[str, str]) -> None:
        """Put the caller into the scope; raise ForeignOrigin for a cookie that another page sent."""
        caller = scope[CALLER] = await self._authenticate(scope)
        if caller is None or caller.via != "session":
            return
        # A socket's handshake is a GET without a body: only its Origin can say who opened it.
        method_and_headers = (
            ("POST", {**headers, "x-tipbench": "1"}) if scope["type"] == "websocket" else (scope["method"], headers)
        )
        if from_elsewhere(scope.get("method", "GET"), headers) or not self._may_change(*method_and_headers):
            raise ForeignOrigin("one of our own pages did not ask for this")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body, add headers, and answer for an endpoint that says nothing in time or fails."""
        rules, loop = self._rules, asyncio.get_running_loop()
        limit = None if scope["path"].startswith(rules.free_bodies) else rules.body_bytes
        began, instead, answer_s = False, None, _answer_s(rules, scope["path"])

        async def sending(message: Message) -> None:
            nonlocal began, instead
            if instead is not None:
                return
            if message["type"] == "http.response.start":
                began = True
                deadline.reschedule(None)
                instead = await self._failed(scope) if message["status"] in UNPROVEN else None
                if instead is not None:
                    await refuse(scope, send, instead)
                    return
                message = {**message, "headers": secured(message.get("headers", []), scope)}
            await send(message)

        def read() -> None:
            if not began:
                deadline.reschedule(loop.time() + answer_s)

        key = _counted_as(scope)

        def hold(body: LimitedBody, units: int) -> bool:
            return scope["path"].startswith(rules.streamed) or self.bodies.hold(key, body, units)

        body = LimitedBody(receive, limit, rules.body_s, rules.slowest, read, hold)
        try:
            async with asyncio.timeout(answer_s + rules.body_s) as deadline:
                await self._app(scope, body, sending)
        except Exception as error:  # noqa: BLE001  # the edge of the process
            # What no endpoint has answered is masked, and only its kind is logged.
            refused = _last_word(error)
            if status_of(refused) == 500:
                scope[DEFECT] = type(error).__name__
                log.error("request %s failed: %s", scope[REQUEST_ID], type(error).__name__)  # noqa: TRY400  # no values
            if began:
                raise CutOff(f"request {scope[REQUEST_ID]} was cut off") from None
            await refuse(scope, send, refused)
        finally:
            self.bodies.release(key, body)


class CutOff(RuntimeError):
    """A response that failed after it had begun: the server closes the connection."""


def _last_word(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, TimeoutError):
        return Refusal("the answer took too long", code="TIMEOUT")
    if is_full_disk(error):
        return Refusal("the disk has no room for this: an admin has to make some", code="UNAVAILABLE")
    return Refusal("something went wrong here; the log has it under this id", code="INTERNAL")


def caller_of(scope: Scope) -> Caller | None:
    """Return the caller that the edge found, None without one."""
    caller: Caller | None = scope.get(CALLER)
    return caller


def _answer_s(rules: EdgeRules, path: str) -> float:
    """Seconds in which an endpoint has to begin its answer."""
    return next((seconds for start, seconds in rules.patient.items() if path.startswith(start)), rules.answer_s)


def _counted_as(scope: Scope) -> str:
    caller = caller_of(scope)
    return f"user:{caller.subject}" if caller else f"address:{_address_in(scope)}"


def _address_in(scope: Scope) -> str:
    return counted_address(scope["client"][0]) if scope.get("client") else ""


def request_id_of(scope: Scope) -> str:
    """Return the request's id, from the client or made by the edge."""
    found: str = scope[REQUEST_ID]
    return found


def _counted(scope: Scope, counted: Counted) -> Refusal | None:
    scope[EDGE_HEADERS] += counted.headers
    if counted.passes:
        return None
    scope[LIMITED] = counted.name
    return Refusal("too many requests: Retry-After says when", code="RATE_LIMITED")


def _read_headers(scope: Scope) -> tuple[Mapping[str, str], Malformed | None]:
    """Return the header fields, none of them with the refusal of one that must be single and is not."""
    try:
        return headers_of(scope), None
    except Malformed as refused:
        return {}, refused
