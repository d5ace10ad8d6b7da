"""The graphql-transport-ws protocol: operations over one socket, which ends with the credential that opened it."""

import asyncio
from contextlib import aclosing, suppress
from typing import Any

import orjson

from api.context import in_thread
from api.execution.response import encoded, failed, results
from api.transport.endpoint import GraphQLEndpoint, Receive, Scope, Send, address_of
from api.transport.request import GraphQLRequest, request_in
from contracts.access.caller import Caller
from contracts.refusals import Refusal, Unavailable
from kit.http.headers import Malformed, header_of

PROTOCOL = "graphql-transport-ws"
AWAY = "The store of users is away"


class Closed(Exception):
    """Raised to end the socket with this code and reason; code 0 when the client has disconnected."""

    def __init__(self, code: int, reason: str = "") -> None:
        self.code, self.reason = code, reason
        super().__init__(reason)


def _parsed(message: dict[str, Any] | Any, largest: int) -> dict[str, Any]:
    """Return a protocol message; raise Closed for anything else."""
    if message["type"] == "websocket.disconnect":
        raise Closed(0)
    text = message.get("text")
    if text is None:
        raise Closed(4400, "A message is text")
    if len(text) > largest:
        raise Closed(4400, "The message is too large")
    try:
        value = orjson.loads(text)
    except (orjson.JSONDecodeError, RecursionError):
        raise Closed(4400, "A message is JSON") from None
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise Closed(4400, "A message is an object with a type")
    return value


def _identified(message: dict[str, Any]) -> str:
    name = message.get("id")
    if not isinstance(name, str) or not 1 <= len(name) <= 128:
        raise Closed(4400, "The message has no id")
    return name


def _requested(message: dict[str, Any]) -> GraphQLRequest:
    try:
        return request_in(message.get("payload"))
    except Malformed as refused:
        raise Closed(4400, refused.message) from None


class Socket:
    """One connection; its place is the caller's once that is known, by the handshake or by what is said first."""

    def __init__(self, endpoint: GraphQLEndpoint, scope: Scope, receive: Receive, send: Send) -> None:
        self.endpoint, self.scope, self._receive, self._send = endpoint, scope, receive, send
        self.slot: str | None = None
        self.caller: Caller | None = None
        self.started = False
        self.operations: dict[str, asyncio.Task[None]] = {}
        self.ending: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()
        self.watch: asyncio.Task[None] | None = None
        self._sending = asyncio.Lock()

    def end(self, closed: Closed) -> None:
        """End the connection; of several reasons the first stands."""
        if not self.ending.done():
            self.ending.set_result(closed)

    def evict(self) -> bool:
        """End a connection for another one, which has more right to its place."""
        self.end(Closed(4429, "Too many connections"))
        return True

    def take_place(self, caller: Caller | None) -> bool:
        """Take a place of this caller, or of the address for nobody, and leave the one before; False for none left."""
        if caller is None:
            self.endpoint.all_half_open.hold("", self, 1)
            return self.endpoint.half_open.hold(address_of(self.scope), self, 1)
        if self.slot != caller.subject:
            if not self.endpoint.connection_slots.take(caller.subject, self):
                return False
            self._leave()
            self.slot = caller.subject
        return True

    def _leave(self) -> None:
        self.endpoint.all_half_open.release("", self)
        self.endpoint.half_open.release(address_of(self.scope), self)
        if self.slot is not None:
            self.endpoint.connection_slots.release(self.slot, self)
            self.slot = None

    async def send_message(self, kind: str, name: str | None = None, payload: Any = None) -> None:
        """Send a message; a reader that takes nothing for too long ends the connection."""
        message: dict[str, Any] = {"type": kind}
        if name is not None:
            message["id"] = name
        if payload is not None:
            message["payload"] = payload
        try:
            async with self._sending, asyncio.timeout(self.endpoint.limits.send_time):
                await self._send({"type": "websocket.send", "text": encoded(message).decode()})
        except TimeoutError:
            self.end(Closed(0))
            raise

    async def serve(self) -> None:
        """Serve operations until either side ends the connection."""
        try:
            await self._accept()
        except OSError:
            self.end(Closed(0))
        reading = asyncio.create_task(self._read())
        either: list[asyncio.Future[Any]] = [reading, self.ending]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks = [reading, *self.operations.values(), *([self.watch] if self.watch else [])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._leave()
        closed = self.ending.result() if self.ending.done() else Closed(0)
        if closed.code:
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(self.endpoint.limits.send_time):
                    await self._send({"type": "websocket.close", "code": closed.code, "reason": closed.reason})

    async def _accept(self) -> None:
        spoken = PROTOCOL in self.scope.get("subprotocols", [])
        await self._send({"type": "websocket.accept", "subprotocol": PROTOCOL if spoken else None})
        if not spoken:
            self.end(Closed(4406, "Subprotocol not acceptable"))

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(self.endpoint.limits.init_time) as waiting:
                while True:
                    await self._take(_parsed(await self._receive(), self.endpoint.limits.body))
                    if self.started:
                        waiting.reschedule(None)
        except TimeoutError:
            self.end(Closed(4408, "Connection initialisation timeout"))
        except Closed as closed:
            self.end(closed)

    async def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "connection_init":
            await self._init(message.get("payload"))
        elif kind == "ping":
            await self.send_message("pong", payload=message.get("payload"))
        elif kind == "subscribe":
            await self._subscribe(_identified(message), message)
        elif kind == "complete":
            task = self.operations.pop(_identified(message), None)
            if task is not None:
                task.cancel()
        elif kind != "pong":
            raise Closed(4400, "Unknown message type")

    async def _init(self, payload: Any) -> None:
        if self.started:
            raise Closed(4429, "Too many initialisation requests")
        if not isinstance(payload, dict | None):
            raise Closed(4400, "Invalid connection init payload")
        self.started = True
        try:
            self.caller = await self._who(payload or {})
        except Unavailable:
            raise Closed(1013, AWAY) from None
        if self.caller is None:
            raise Closed(4403, "Forbidden")
        if not self.take_place(self.caller):
            raise Closed(4429, "Too many connections")
        self.watch = asyncio.create_task(self._watch(self.caller))
        await self.send_message("connection_ack")

    async def _who(self, payload: dict[str, Any]) -> Caller | None:
        """Return the caller of the payload's token, else of the handshake's credential.

        A cookie counts only from our pages.
        """
        token = payload.get("token")
        if token is None:
            return await _shaken(self.endpoint, self.scope)
        if not isinstance(token, str):
            return None
        return await in_thread(self.endpoint.services.auth.by_bearer, token)

    async def _watch(self, caller: Caller) -> None:
        try:
            self.end(Closed(4401, await self.endpoint.until_over(caller)))
        except Unavailable:
            self.end(Closed(1013, AWAY))

    async def _subscribe(self, name: str, message: dict[str, Any]) -> None:
        request = _requested(message)
        if self.caller is None:
            raise Closed(4401, "Unauthorized")
        if name in self.operations:
            raise Closed(4409, f"Subscriber for {name} already exists")
        if len(self.operations) >= self.endpoint.limits.operations:
            await self.send_message(
                "error", name, failed("RATE_LIMITED", "Too many operations on one connection.")["errors"]
            )
            return
        self.operations[name] = asyncio.create_task(self._run(name, request))

    async def _run(self, name: str, request: GraphQLRequest) -> None:
        context = self.endpoint.context(self.scope, self.caller, "websocket")
        refused = False
        try:
            async with aclosing(results(self.endpoint.schema, request, context)) as stream:
                async for refused, body in stream:
                    await self.send_message("error" if refused else "next", name, body["errors"] if refused else body)
            self.operations.pop(name, None)
            if not refused:
                await self.send_message("complete", name)
        except TimeoutError:
            self.end(Closed(0))


class WebSocketTransport:
    """The ASGI app of `WebSocketRoute(path, …)`; a foreign Origin is turned away before the socket is accepted."""

    def __init__(self, endpoint: GraphQLEndpoint) -> None:
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection until it ends."""
        await _serve(self.endpoint, scope, receive, send)


async def _serve(endpoint: GraphQLEndpoint, scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    if _is_foreign(scope, endpoint.origins):
        await send({"type": "websocket.close", "code": 4403})
        return
    socket = Socket(endpoint, scope, receive, send)
    try:
        caller = await _shaken(endpoint, scope)
    except Unavailable:
        caller = None  # told as such once it asks
    if not socket.take_place(caller):
        await send({"type": "websocket.close", "code": 4429})
        return
    await socket.serve()


async def _shaken(endpoint: GraphQLEndpoint, scope: Scope) -> Caller | None:
    """Return the caller of the handshake's credential; raise Unavailable where roles cannot be looked up."""
    try:
        caller = await endpoint.who(scope)
    except Unavailable:
        raise  # which is not the same as having none
    except Refusal:
        return None
    ours = header_of(scope, "origin") in endpoint.origins
    return caller if caller is None or caller.via == "token" or ours else None


def _is_foreign(scope: Scope, origins: frozenset[str]) -> bool:
    try:
        origin = header_of(scope, "origin")
    except Malformed:
        return True
    return origin is not None and origin not in origins
