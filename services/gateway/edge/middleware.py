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
from typing import Any
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.access.caller import Caller
from contracts.refusals import Refusal, Unavailable
from contracts.trace import TRACEPARENT
from services.gateway.edge.cors import address_of, cors, from_elsewhere, is_preflight
from services.gateway.edge.limited_body import Body, TooLarge, TooSlow
from services.gateway.edge.rate_limits import RateLimits
from services.gateway.edge.trace_context import TRACE, trace_of
from services.gateway.rest.problems import KIND, RETRY_S, problem_body

CALLER, REQUEST_ID = "tipbench.caller", "tipbench.request_id"
"""Keys of the scope that every entry point behind the edge reads."""
EDGE_HEADERS = "tipbench.edge_headers"
"""Key of the scope that holds the header fields which the edge adds to whatever is answered."""
LIMITED, DEFECT = "tipbench.limited", "tipbench.defect"
"""Keys of the scope that hold the rate limit that refused a request, and the class of a defect that ended it."""

SECURE = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"SAMEORIGIN",
    b"cross-origin-opener-policy": b"same-origin",
}
"""Added where an answer does not say otherwise; each page has a content security policy of its own."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = logging.getLogger("tipbench.edge")


@dataclass(frozen=True)
class EdgeRules:
    """What the edge lets through.

    `hosts` are exact Host headers; `free_bodies` path prefixes whose endpoints count their own, larger bodies;
    `public` path prefixes that carry their own proof and no cookie (webhooks, uploads). `answer_s` is how long an
    endpoint may take to begin its answer once the body is there; the body may take `body_s`, and a second more for each
    `slowest` bytes of it. Pages of `cors_origins` may read answers, without cookies; X-Forwarded-For counts from the
    addresses in `trusted_proxies`. Whoever opens a page under a host of `aliases` is sent to the origin it stands for.
    """

    hosts: frozenset[str]
    body_bytes: int = 1 << 20
    free_bodies: tuple[str, ...] = ("/uploads/",)
    public: tuple[str, ...] = ("/uploads/", "/webhooks/")
    answer_s: float = 60.0
    body_s: float = 20.0
    slowest: int = 10_000
    aliases: Mapping[str, str] = field(default_factory=dict)
    cors_origins: frozenset[str] = frozenset()
    trusted_proxies: frozenset[str] = frozenset()


Authenticate = Callable[[Scope], Awaitable[Caller | None]]
MayChange = Callable[[str, Mapping[str, str]], bool]
Refused = tuple[int, str, str]
"""Status, code and message."""


class EdgeMiddleware:
    """Wraps the application; `authenticate` finds the caller, `may_change` knows our own pages' requests.

    `rates` counts requests where it is given; `chance` gives random bytes for traces.
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
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._app, self._rules, self._rates, self._random_bytes = app, rules, rates, random_bytes
        self._authenticate, self._may_change, self._new_id = authenticate, may_change, new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then hand on with the caller and the request's id in the scope."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        given = headers.get("x-request-id", "")
        scope[REQUEST_ID] = given if _REQUEST_ID.fullmatch(given) else self._new_id()
        scope[TRACE] = trace_of(headers.get("traceparent"), self._random_bytes)
        TRACEPARENT.set(str(scope[TRACE]))
        preflight = scope["type"] == "http" and is_preflight(scope["method"], headers)
        shared = cors(headers, self._rules.cors_origins, preflight=preflight)
        scope[EDGE_HEADERS] = [(b"traceparent", str(scope[TRACE]).encode()), *shared]
        elsewhere = self._elsewhere(scope, headers)
        refused = None if elsewhere else await self._refusal(scope, headers)
        if elsewhere is not None:
            await send({"type": "http.response.start", "status": 308, "headers": _secured([elsewhere], scope)})
            await send({"type": "http.response.body", "body": b""})
        elif refused is not None:
            await _refuse(scope, send, *refused)
        elif preflight and len(shared) > 1:
            await send({"type": "http.response.start", "status": 204, "headers": _secured([], scope)})
            await send({"type": "http.response.body", "body": b""})
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    def _elsewhere(self, scope: Scope, headers: Mapping[str, str]) -> tuple[bytes, bytes] | None:
        """Where a page is found that was opened under another name of this host."""
        origin = self._rules.aliases.get(headers.get("host", "").lower())
        if origin is None or scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return None
        if headers.get("sec-fetch-mode", "navigate") != "navigate":
            return None
        path = scope.get("raw_path") or quote(scope["path"]).encode()
        if not path.startswith(b"/"):
            return None
        asked = b"?" + scope["query_string"] if scope["query_string"] else b""
        return b"location", origin.encode() + path.partition(b"?")[0] + asked

    async def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> Refused | None:
        """Why the request goes no further, and the caller put into the scope when it does."""
        rules, path = self._rules, scope["path"]
        if headers.get("host", "").lower() not in rules.hosts:
            return 421, "MISDIRECTED", "this host is not served here"
        if not path.startswith(rules.free_bodies) and _declared(headers) > rules.body_bytes:
            return 413, "TOO_LARGE", f"the body is over {rules.body_bytes} bytes"
        scope[CALLER] = None
        refused = None if path.startswith(rules.public) else await self._admit(scope, headers)
        return refused or await self._count(scope, headers)

    async def _count(self, scope: Scope, headers: Mapping[str, str]) -> Refused | None:
        """429 for a request that is one too many; what is left is told with every answer."""
        if self._rates is None or scope["type"] != "http":
            return None
        peer = scope["client"][0] if scope.get("client") else ""
        address = address_of(peer, headers.get("x-forwarded-for", ""), self._rules.trusted_proxies)
        counted = await self._rates.count(scope["method"], scope["path"], scope[CALLER], address)
        scope[EDGE_HEADERS] += counted.headers
        if counted.passes:
            return None
        scope[LIMITED] = counted.name
        return (429, "RATE_LIMITED", "too many requests: Retry-After says when")

    async def _admit(self, scope: Scope, headers: Mapping[str, str]) -> Refused | None:
        try:
            caller = await self._authenticate(scope)
        except Unavailable:
            return 503, "UNAVAILABLE", "nobody's role is known for a moment: ask again"
        except Refusal as refusal:
            return 400, refusal.code, refusal.message
        scope[CALLER] = caller
        if caller is None or caller.via != "session":
            return None
        if from_elsewhere(scope.get("method", "GET"), headers):
            return 403, "FOREIGN_ORIGIN", "one of our own pages did not ask for this"
        # A socket's handshake is a GET without a body: only its Origin can say who opened it.
        asked = ("POST", {**headers, "x-tipbench": "1"}) if scope["type"] == "websocket" else (scope["method"], headers)
        if self._may_change(*asked):
            return None
        return 403, "FOREIGN_ORIGIN", "one of our own pages did not ask for this"

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body, add headers, and answer for an endpoint that says nothing in time or fails."""
        rules, loop = self._rules, asyncio.get_running_loop()
        limit = None if scope["path"].startswith(rules.free_bodies) else rules.body_bytes
        began = False

        async def sending(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                deadline.reschedule(None)
                message = {**message, "headers": _secured(message.get("headers", []), scope)}
            await send(message)

        def read() -> None:
            if not began:
                deadline.reschedule(loop.time() + rules.answer_s)

        body = Body(receive, limit, rules.body_s, rules.slowest, read)
        try:
            async with asyncio.timeout(rules.answer_s + rules.body_s) as deadline:
                await self._app(scope, body, sending)
        except Exception as error:  # noqa: BLE001  # the edge of the process
            # What no endpoint has answered is masked, and only its kind is logged.
            status, code, said = _last_word(error, limit)
            if status == 500:
                scope[DEFECT] = type(error).__name__
                log.error("request %s failed: %s", scope[REQUEST_ID], type(error).__name__)  # noqa: TRY400  # no values
            if began:
                raise CutOff(f"request {scope[REQUEST_ID]} was cut off") from None
            await _refuse(scope, send, status, code, said)


class CutOff(RuntimeError):
    """An answer that failed after it had begun: the server closes the connection."""


def _last_word(error: Exception, limit: int | None) -> Refused:
    if isinstance(error, TooLarge):
        return 413, "TOO_LARGE", f"the body is over {limit} bytes"
    if isinstance(error, TooSlow):
        return 408, "TIMEOUT", "the body came too slowly"
    if isinstance(error, TimeoutError):
        return 503, "TIMEOUT", "the answer took too long"
    return 500, "INTERNAL", "something went wrong here; the log has it under this id"


def caller_of(scope: Scope) -> Caller | None:
    """Return the caller that the edge found."""
    caller: Caller | None = scope.get(CALLER)
    return caller


def request_id_of(scope: Scope) -> str:
    """Return the request's id, given by the client or made at the edge."""
    found: str = scope[REQUEST_ID]
    return found


def _headers(scope: Scope) -> dict[str, str]:
    """By lower-case name; a repeated one is joined, so that it equals neither of its values."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def _declared(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _secured(headers: Any, scope: Scope) -> list[tuple[bytes, bytes]]:
    given = {bytes(name).lower() for name, _ in headers}
    wanted = {**SECURE, b"x-request-id": scope[REQUEST_ID].encode()}
    return [*headers, *((name, value) for name, value in wanted.items() if name not in given), *scope[EDGE_HEADERS]]


async def _refuse(scope: Scope, send: Send, status: int, code: str, message: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": code})  # before accept: the server answers 403
        return
    body = problem_body(status, code, message, {"request_id": scope[REQUEST_ID]})
    headers = [(b"content-type", KIND.encode()), (b"cache-control", b"no-store")]
    if status in {408, 413}:
        headers.append((b"connection", b"close"))  # the rest of the body is not waited for
    if status in RETRY_S:
        headers.append((b"retry-after", RETRY_S[status].encode()))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": _secured(headers, scope)})
    await send({"type": "http.response.body", "body": body})
