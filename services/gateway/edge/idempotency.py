"""Answers a repeated request with the same Idempotency-Key from the stored response, without doing it again."""

import hashlib
import logging
import re
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.access.caller import Caller
from contracts.refusals import Conflict, InProgress, InvalidInput, Refusal, Unavailable
from kit.http.bodies import LARGEST_BODY, read_body, replayed
from kit.http.headers import header_of, headers_of
from services.gateway.edge.idempotency_store import IdempotencyStore, StoredResponse
from services.gateway.edge.middleware import caller_of
from services.gateway.edge.route_templates import Templates

LARGEST = 65_536
"""Bytes of an answer that is kept; of a larger one the key is free again."""
KEY_FIELD = ("Idempotency-Key",)
KEY = re.compile(r"[\x21-\x7e]{1,200}")
STORED_HEADERS = ("content-type", "etag", "location", "cache-control", "vary")
"""Header fields that are kept; the edge adds the rest to every answer anew."""

REPEATS = "tipbench.repeats"
"""Where a scope has the list to which an endpoint adds the body that repeats get, if that is another one."""

log = logging.getLogger("tipbench.repeats")


class IdempotencyMiddleware:
    """Wraps the router; only 2xx responses to known callers are stored, so that failed requests can be repeated.

    `listed` are the operations that are answered again, as method and template of their path. A launch has keys of its
    own, which find its run; webhooks have their ids; sign-in, sign-out, callbacks and erasures may be asked twice.
    """

    def __init__(
        self, app: ASGIApp, idempotency_store: IdempotencyStore, templates: Templates, listed: frozenset[str]
    ) -> None:
        self._app, self._idempotency_store, self._templates, self._listed = app, idempotency_store, templates, listed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer again, or hand on and keep the answer; raise what the edge answers with for a key of no use."""
        caller = caller_of(scope) if scope["type"] == "http" else None
        key = header_of(scope, "idempotency-key") if caller else None
        route = f"{scope['method']} {self._templates.of(scope['path'])}" if key is not None else ""
        if caller is None or key is None or route not in self._listed:
            await self._app(scope, receive, send)
        elif not KEY.fullmatch(key):
            raise InvalidInput("a key has 1 to 200 printable characters", KEY_FIELD)
        else:
            await self._once(scope, receive, send, (caller.subject, route, key), caller)

    async def _once(
        self, scope: Scope, receive: Receive, send: Send, place: tuple[str, str, str], caller: Caller
    ) -> None:
        body = await read_body(scope, receive, LARGEST_BODY)
        try:
            known = await run_in_threadpool(self._idempotency_store.claim, *place, _hash(scope, body, caller))
        except Conflict as error:
            raise Refusal(error.message, KEY_FIELD, "KEY_REUSED") from None
        except (InProgress, Unavailable) as error:
            raise Refusal(error.message, KEY_FIELD, error.code) from None
        if known is not None:
            headers = [(name.encode(), value.encode()) for name, value in known.headers]
            length = (b"content-length", str(len(known.body)).encode())
            start = {"status": known.status, "headers": [*headers, length, (b"idempotency-replayed", b"true")]}
            await send({"type": "http.response.start", **start})
            await send({"type": "http.response.body", "body": known.body})
            return
        await self._answer(scope, replayed(body, receive), send, place)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, place: tuple[str, str, str]) -> None:
        """The endpoint's answer, held back until it is kept; an endpoint that fails frees the key."""
        held, others = Held(send), list[bytes]()
        try:
            await self._app({**scope, REPEATS: others}, receive, held)
        except Exception:
            await run_in_threadpool(self._idempotency_store.free, *place)
            raise
        reply = held.reply()
        if reply is None or not 200 <= reply.status < 300:
            await run_in_threadpool(self._idempotency_store.free, *place)
        else:
            await self._keep(place, StoredResponse(reply.status, reply.headers, others[-1]) if others else reply)
        await held.let_go()

    async def _keep(self, place: tuple[str, str, str], reply: StoredResponse) -> None:
        try:
            await run_in_threadpool(self._idempotency_store.keep, *place, reply)
        except Exception as error:  # noqa: BLE001  # it was done: whoever asked is told so all the same
            log.error("an answer could not be kept: %s", type(error).__name__)  # noqa: TRY400  # no values


class Held:
    """Holds a response back until it is complete; one over `LARGEST` bytes is streamed through."""

    def __init__(self, send: Send) -> None:
        self._send, self._messages = send, list[Message]()
        self._size, self._passing = 0, False

    async def __call__(self, message: Message) -> None:
        """The endpoint's next message."""
        self._size += len(message.get("body", b""))
        self._messages.append(message)
        if self._passing or self._size > LARGEST:
            self._passing = True
            await self.let_go()

    def reply(self) -> StoredResponse | None:
        """Return the complete response, None if it was too large."""
        if self._passing or not self._messages:
            return None
        start: Mapping[str, Any] = self._messages[0]
        given = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"])
        headers = [(name, value) for name, value in given if name in STORED_HEADERS]
        return StoredResponse(start["status"], headers, b"".join(each.get("body", b"") for each in self._messages[1:]))

    async def let_go(self) -> None:
        """Send what is held back."""
        messages, self._messages = self._messages, []
        for message in messages:
            await self._send(message)


def _hash(scope: Scope, body: bytes, caller: Caller) -> str:
    """Of all that makes the request what it is: path, query, type and condition, body, and the role it is asked in."""
    headers = headers_of(scope)
    parts = (scope["path"], scope["query_string"].decode("latin-1"), headers.get("content-type", ""))
    more = (headers.get("if-match", ""), caller.role.name)
    return hashlib.sha256("\0".join((*parts, *more)).encode("utf-8", "surrogatepass") + b"\0" + body).hexdigest()
