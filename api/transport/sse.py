"""The stream of an operation as server-sent events, for clients that a proxy keeps from websockets."""

import asyncio
from contextlib import aclosing

from api.context import ApiContext
from api.execution.response import encoded, failed, results
from api.transport.endpoint import GraphQLEndpoint, Receive, Send
from api.transport.request import GraphQLRequest
from contracts.refusals import Unavailable

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class _Events:
    """The sending end of one stream; a reader that takes nothing for too long ends it, and so does `evict`."""

    def __init__(self, send: Send, limits: float) -> None:
        self._send, self._limits, self._sending = send, limits, asyncio.Lock()
        self.evicted = asyncio.Event()

    def evict(self) -> bool:
        """End the stream for another caller's."""
        self.evicted.set()
        return True

    async def start(self, request_id: str) -> None:
        headers = [*HEADERS, (b"x-request-id", request_id.encode())]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def write(self, data: bytes, more: bool = True) -> None:
        async with self._sending, asyncio.timeout(self._limits):
            await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def next(self, body: object) -> None:
        await self.write(b"event: next\ndata: " + encoded(body) + b"\n\n")


async def _send_results(
    endpoint: GraphQLEndpoint, request: GraphQLRequest, context: ApiContext, events: _Events
) -> None:
    async with aclosing(results(endpoint.schema, request, context)) as stream:
        async for _, body in stream:
            await events.next(body)


async def _tick(events: _Events, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await events.write(b": ping\n\n")


async def until_disconnected(receive: Receive) -> None:
    """Return once the client of a request whose body is read has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until_over(endpoint: GraphQLEndpoint, context: ApiContext, events: _Events) -> None:
    if context.caller is None:
        await asyncio.Event().wait()
        return
    try:
        reason, code = await endpoint.until_over(context.caller), "UNAUTHENTICATED"
    except Unavailable as refusal:
        reason, code = refusal.message, refusal.code
    await events.next(failed(code, reason))


async def serve_events(
    endpoint: GraphQLEndpoint, request: GraphQLRequest, context: ApiContext, receive: Receive, send: Send
) -> None:
    """Stream until the operation or the credential ends, the client disconnects, or it stops reading."""
    slot = context.address if context.caller is None else context.caller.subject
    events = _Events(send, endpoint.limits.send_time)
    await events.start(context.request_id)
    if not endpoint.connection_slots.take(slot, events):
        await events.next(failed("RATE_LIMITED", "Too many open streams of this caller."))
        await events.write(b"event: complete\ndata:\n\n", more=False)
        return
    disconnected = asyncio.create_task(until_disconnected(receive))
    ends = [
        disconnected,
        asyncio.create_task(_send_results(endpoint, request, context, events)),
        asyncio.create_task(_until_over(endpoint, context, events)),
        asyncio.create_task(_tick(events, endpoint.limits.ping_every)),
        asyncio.create_task(events.evicted.wait()),
    ]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in ends:
            task.cancel()
        ended = await asyncio.gather(*ends, return_exceptions=True)
        endpoint.connection_slots.release(slot, events)
    if not disconnected.done() or disconnected.cancelled():
        if any(isinstance(each, TimeoutError) for each in ended):
            return
        await events.write(b"event: complete\ndata:\n\n", more=False)
