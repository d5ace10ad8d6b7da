"""The proxy in front of MLflow's interface: read-only; MLflow starts at a visit and stops when idle."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from contracts.processes import Fetched, OnDemandProcess
from contracts.refusals import Forbidden, NotFound, Refusal
from kit.http.bodies import read_body
from kit.http.headers import headers_of
from kit.http.json_bodies import check_json
from services.gateway.edge.guards import CallerOf, admitted, from_here, page, shown
from services.gateway.proxies.graphql_documents import UnreadableDocument, kinds, read_document
from services.gateway.proxies.mlflow_page import SCRIPT_PATH, script, without_notices

PREFIX = "/mlflow"
IDLE_S = 600.0
LARGEST = 1_000_000
NAME = r"[A-Za-z0-9_.-]{1,128}"
AJAX = r"/ajax-api/[23]\.0/mlflow"
GETS = re.compile(
    r"|".join(
        [
            r"/",
            r"/static-files/[A-Za-z0-9_./~@-]{1,300}",
            r"/health|/version",
            r"/get-artifact",
            rf"{AJAX}/experiments/(get|get-by-name|search)",
            rf"{AJAX}/runs/get",
            rf"{AJAX}/artifacts/list",
            rf"{AJAX}/metrics/get-history(-bulk(-interval)?)?",
            rf"{AJAX}/(registered-models|model-versions)/search",
            rf"{AJAX}/server-info",
            rf"{AJAX}/logged-models/{NAME}",
            rf"{AJAX}/traces/{NAME}(/info)?",
        ]
    )
)
POSTS = re.compile(
    r"|".join(
        [
            rf"{AJAX}/(experiments|runs|logged-models|traces)/search",
            rf"{AJAX}/experiments/search-datasets",
            r"/graphql",
        ]
    )
)
"""What the interface asks in order to read; everything else is 404."""

ARTIFACTS = ("/get-artifact",)
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "frame-src 'self' blob:; object-src 'none'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-eval'; form-action 'self'; frame-ancestors 'self'"
)
PASSED_ON = ("accept", "accept-language", "content-type", "user-agent")
PASSED_BACK = ("content-type", "content-length", "etag", "last-modified", "location")


OF_THE_BYTES = ("content-length", "etag")

NOT_HERE = "this is not done through MLflow's pages here"
STARTING = "MLflow's pages are being started; this page asks again."


class MlflowProxy:
    """Serves MLflow's pages to admins; `clock` gives monotonic seconds, `away` says why MLflow is not served here."""

    def __init__(
        self,
        child: OnDemandProcess,
        *,
        caller_of: CallerOf,
        origin: str,
        clock: Callable[[], float],
        away: str | None = None,
    ) -> None:
        self._child, self._caller_of, self._origin, self._clock, self._away = child, caller_of, origin, clock, away
        self._last = clock()

    def stop_when_idle(self) -> None:
        """Stop the child when no request came for ten minutes (`IDLE_S`); to be called at intervals."""
        if self._clock() - self._last >= IDLE_S:
            self._child.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request under the prefix."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        try:
            answer = await self._answer(scope, receive)
        except Refusal as refused:
            answer = shown(refused)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        await admitted(scope, self._caller_of)
        if self._away:
            return page(404, "MLflow", self._away)
        if (scope["method"], scope["path"]) == ("GET", PREFIX + SCRIPT_PATH):
            return script()
        body = await self._question(scope, receive)
        self._last = self._clock()
        self._child.start()
        if not await self._child.running():
            return page(503, "MLflow", STARTING, again_s=2)
        return await self._fetch(scope, body)

    async def _question(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body of a request that may pass; raise the refusal of any other."""
        path, method = scope["path"].removeprefix(PREFIX) or "/", scope["method"]
        allowed = {"GET": GETS, "POST": POSTS}.get(method)
        if allowed is None or not allowed.fullmatch(path) or ".." in path:
            raise NotFound(NOT_HERE)
        if method == "GET":
            return b""
        headers = headers_of(scope)
        check_json(headers)
        if not from_here(headers, self._origin):
            raise Forbidden("the request comes from another page")
        body = await read_body(scope, receive, LARGEST)
        if path == "/graphql" and not _only_reads(body):
            raise NotFound(NOT_HERE)
        return body

    async def _fetch(self, scope: Scope, body: bytes) -> Response:
        sent = {name: value for name, value in headers_of(scope).items() if name in PASSED_ON}
        client = scope.get("client")
        sent["x-forwarded-for"] = client[0] if client else "unknown"
        query = scope["query_string"].decode("latin-1")
        raw = scope["raw_path"].decode("latin-1")
        try:
            fetched = await self._child.fetch(scope["method"], f"{raw}?{query}" if query else raw, sent, body)
        except OSError:
            return page(503, "MLflow", STARTING, again_s=2)
        return _inert(scope["path"].removeprefix(PREFIX), fetched)


def _inert(path: str, fetched: Fetched) -> Response:
    """The answer with what keeps a hostile text from doing anything; artifacts only as files."""
    page_itself = path in {"", "/"}
    answer = StreamingResponse(without_notices(fetched.body) if page_itself else fetched.body, fetched.status)
    for name, value in fetched.headers:
        if name in PASSED_BACK and not (page_itself and name in OF_THE_BYTES):
            answer.headers[name] = _relative(value) if name == "location" else value
    answer.headers["x-content-type-options"] = "nosniff"
    answer.headers["referrer-policy"] = "no-referrer"
    answer.headers["content-security-policy"] = "default-src 'none'; sandbox" if path in ARTIFACTS else POLICY
    if path in ARTIFACTS:
        answer.headers["content-disposition"] = "attachment"
    return answer


def _relative(location: str) -> str:
    """Return a location without scheme and host, which are those of the child's socket."""
    parts = urlsplit(location)
    return urlunsplit(("", "", "/" + parts.path.lstrip("/") if parts.netloc else parts.path, parts.query, ""))


def _only_reads(body: bytes) -> bool:
    try:
        given = json.loads(body)
        return isinstance(given, dict) and kinds(read_document(str(given.get("query")))) == {"query"}
    except (ValueError, RecursionError, UnreadableDocument):
        return False
