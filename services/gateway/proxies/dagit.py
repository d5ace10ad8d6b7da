"""The proxy in front of Dagit: default deny, admins only, our own pages only, and an audit row for every mutation."""

import asyncio
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.access.audit import AuditEntry
from contracts.access.caller import Caller
from contracts.benchmark.launches import Launches
from contracts.refusals import Forbidden, NotFound, Refusal
from kit.http.bodies import read_body, replayed
from kit.http.headers import Malformed, headers_of
from kit.http.json_bodies import UnsupportedMediaType
from services.gateway.edge.guards import CallerOf, admitted, from_here, page, shown
from services.gateway.proxies.dagit_mutations import ALLOWED, ReadConfig, check_call
from services.gateway.proxies.dagit_pages import FILES, PAGES, PREFIX, is_open, with_policy
from services.gateway.proxies.dagit_socket import DagitSocket, IsLive
from services.gateway.proxies.graphql_documents import Call, UnreadableDocument, kinds, mutations, read_document

LARGEST = 1_000_000
OPERATION = re.compile(rb"(op=[A-Za-z0-9_]{0,200})?")
"""All that Dagit's pages write into the address of a query: its name, for people who read logs."""

BAD_RESULTS = ("Error", "NotFound", "Invalid", "Failure", "Conflict")


class DagitProxy:
    """Guards Dagit's app, which `app` gives once it is there.

    `origin` is the one that our pages have, `opened` names mutations and pages that a setting allows beyond the lists,
    and `record` keeps an audit row. `request_id` gives a new id.
    """

    def __init__(
        self,
        *,
        app: Callable[[], ASGIApp | None],
        caller_of: CallerOf,
        is_live: IsLive,
        origin: str,
        launches: Launches,
        record: Callable[[AuditEntry], None],
        now: Callable[[], str],
        request_id: Callable[[], str],
        read_config: ReadConfig,
        opened: frozenset[str] = frozenset(),
    ) -> None:
        self._app, self._caller_of, self._origin, self._launches = app, caller_of, origin, launches
        self._record, self._now, self._request_id, self._read_config = record, now, request_id, read_config
        self._allowed, self._pages = ALLOWED | opened, FILES | PAGES | opened
        self._socket = DagitSocket(caller_of, is_live, origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or websocket under the prefix."""
        app = self._app()
        inner = {**scope, "root_path": ""}
        if scope["type"] == "websocket":
            await self._socket(app, inner, receive, send)
            return
        try:
            caller = await admitted(scope, self._caller_of)
        except Refusal as refused:
            await shown(refused)(scope, receive, send)
            return
        if app is None:
            await page(503, "Dagit", "Dagit is starting; this page asks again.", again_s=2)(scope, receive, send)
        elif scope["path"].removeprefix(PREFIX) == "/graphql":
            await self._graphql(app, caller, inner, receive, send)
        elif is_open(scope, self._pages):
            await app(inner, receive, with_policy(scope, send))
        else:
            await shown(NotFound("there is no such page here"))(scope, receive, send)

    async def _graphql(self, app: ASGIApp, caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check(scope)
            body = await read_body(scope, receive, LARGEST)
            calls = _calls(body)
        except UnreadableDocument as error:
            turned_away: Response | None = shown(Malformed(str(error)))
        except Refusal as refused:
            turned_away = shown(refused)
        else:
            if not calls:
                await app(scope, replayed(body, receive), with_policy(scope, send))
                return
            turned_away = await self._mutate(app, caller, calls, scope, replayed(body, receive), send)
        if turned_away is not None:
            await turned_away(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        """Raise the refusal of a request that no page of ours would send."""
        headers = headers_of(scope)
        if scope["method"] != "POST":
            raise Refusal("queries are posted", code="METHOD_NOT_ALLOWED")
        if not OPERATION.fullmatch(scope["query_string"]) or headers.get("content-type") != "application/json":
            raise UnsupportedMediaType("queries come as application/json in the body")
        if "content-encoding" in headers:
            raise UnsupportedMediaType("the body is not compressed")
        if not from_here(headers, self._origin):
            raise Forbidden("the request comes from another page")

    async def _mutate(
        self, app: ASGIApp, caller: Caller, calls: list[Call], scope: Scope, receive: Receive, send: Send
    ) -> Response | None:
        """Check every call, run them, write their rows; the refusal when one of them may not be."""
        request_id = self._request_id()
        for call in calls:
            if call.name not in self._allowed:
                await self._write(caller, call, "", "NOT_FOUND", request_id)
                return shown(NotFound(f"{call.name} is not done through Dagit here"))
        targets = []
        for call in calls:
            try:
                targets.append(await asyncio.to_thread(check_call, call, self._launches, self._read_config))
            except Refusal as error:
                await self._write(caller, call, "", error.code, request_id)
                return shown(error, 409)  # whatever it is: Dagit's page shows that the launch was not taken
        held: list[Message] = []

        async def keep(message: Message) -> None:
            held.append(message)

        await app(scope, receive, keep)
        outcome = _outcome(held)
        for call, target in zip(calls, targets, strict=True):
            await self._write(caller, call, target, outcome, request_id)
        hardened = with_policy(scope, send)
        for message in held:
            await hardened(message)
        return None

    async def _write(self, caller: Caller, call: Call, target: str, outcome: str, request_id: str) -> None:
        entry = AuditEntry(
            at=self._now(),
            actor=f"dagit:{caller.subject}",
            role=caller.role.name,
            operation=call.name,
            target=target[:400],
            input_hash=_hash(call.arguments),
            outcome=outcome,
            request_id=request_id,
        )
        await asyncio.to_thread(self._record, entry)


def _calls(body: bytes) -> list[Call]:
    """The mutations in a body; Unreadable for one that is no single query or mutation document."""
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("the body is not JSON") from error
    if not isinstance(given, dict) or not isinstance(given.get("query"), str):
        raise UnreadableDocument("the body is one object with a query")
    variables = given.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise UnreadableDocument("variables are an object")
    try:
        document = read_document(given["query"])
        if "subscription" in kinds(document):
            raise UnreadableDocument("subscriptions use the websocket")
        return mutations(document, variables or {})
    except RecursionError as error:
        raise UnreadableDocument("the query is nested too deeply") from error


def _hash(arguments: dict[str, Any]) -> str:
    """SHA-256 of arguments that may hold what no record of ours would: huge numbers, values left undefined."""
    return hashlib.sha256(json.dumps(arguments, sort_keys=True, default=str).encode()).hexdigest()


def _outcome(messages: list[Message]) -> str:
    """`done`, unless Dagit answered with an error or with a result that is one by its type or message."""
    status = next((message["status"] for message in messages if message["type"] == "http.response.start"), 500)
    body = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    try:
        answer = json.loads(body)
    except ValueError:
        return "INTERNAL"
    data = answer.get("data") if isinstance(answer, dict) else None
    if status >= 400 or not isinstance(data, dict) or answer.get("errors"):
        return "INTERNAL"
    results = [value for value in data.values() if isinstance(value, dict)]
    bad = any(str(value.get("__typename", "")).endswith(BAD_RESULTS) for value in results)
    return "REFUSED" if bad else "done"
