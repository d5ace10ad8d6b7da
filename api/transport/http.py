"""GraphQL over HTTP: one POST of exact JSON, answered once or, when the client accepts it, as a stream of events."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError
from strawberry.types.execution import PreExecutionError

from api.context import ApiContext
from api.errors import BAD_REQUEST, code_of, record
from api.execution.response import encoded, executed, failed, payload
from api.transport.endpoint import GraphQLEndpoint, Receive, Scope, Send
from api.transport.request import GraphQLRequest, decoded
from api.transport.sse import serve_events, until_disconnected
from contracts.access.caller import Caller
from contracts.refusals import Refusal
from kit.http.access import ForeignOrigin
from kit.http.answers import status_of
from kit.http.bodies import Incomplete, read_body
from kit.http.compression import VARIES, gzipped
from kit.http.headers import headers_of
from kit.http.json_bodies import UnsupportedMediaType
from kit.refusals import REFUSALS

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"


async def respond(
    send: Send, status: int, body: Any, media: str = JSON, *, accept_encoding: str = "", **headers: str
) -> None:
    """Send one whole JSON answer, compressed if it is not small and the client accepts it; without a field never."""
    content = encoded(body)
    packed = await gzipped(content, accept_encoding)
    if packed is not None:
        content, headers = packed, {**headers, "content_encoding": "gzip", "vary": VARIES}
    fields = {
        "content-type": media,
        "content-length": str(len(content)),
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    raw = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content})


def _media(headers: Mapping[str, str]) -> str:
    """Return the media type that the client accepts, of the three that there are; JSON where it names none."""
    accepted = {part.partition(";")[0].strip().lower() for part in headers.get("accept", "").split(",")}
    if EVENTS in accepted:
        return EVENTS
    return GRAPHQL if GRAPHQL in accepted and JSON not in accepted else JSON


def _check_head(method: str, headers: Mapping[str, str]) -> None:
    if method != "POST":
        raise Refusal("Operations are sent by POST.", code="METHOD_NOT_ALLOWED")
    kind = headers.get("content-type", "").lower().replace(" ", "")
    if kind not in {JSON, f"{JSON};charset=utf-8"}:
        raise UnsupportedMediaType(f"The body is {JSON}.")


async def _caller(endpoint: GraphQLEndpoint, scope: Scope, origin: str | None) -> Caller | None:
    """Return the caller, None when anonymous; a cookie counts only from our own pages."""
    caller = await endpoint.who(scope)
    if (origin is not None or (caller is not None and caller.via == "session")) and origin not in endpoint.origins:
        raise ForeignOrigin("The Origin is not one of ours.")
    return caller


class HttpTransport:
    """The ASGI app of `Route(path, …)`: one POST is one operation; every GET is 405, batching is off."""

    def __init__(self, endpoint: GraphQLEndpoint) -> None:
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        await _serve(self.endpoint, scope, receive, send)


async def _serve(endpoint: GraphQLEndpoint, scope: Scope, receive: Receive, send: Send) -> None:
    request_id = endpoint.ids(scope)
    try:
        headers = headers_of(scope)
        _check_head(scope["method"], headers)
        caller = await _caller(endpoint, scope, headers.get("origin"))
        request = decoded(await read_body(scope, receive, endpoint.limits.body, endpoint.limits.body_time))
    except Incomplete:
        return  # nobody is there to be answered
    except Refusal as refused:
        status = status_of(refused)
        extra = {"allow": "POST"} if status == 405 else {}
        await respond(send, status, failed(refused.code, refused.message), x_request_id=request_id, **extra)
        return
    media = _media(headers)
    context = endpoint.context(scope, caller, "sse" if media == EVENTS else "http", request_id)
    if media == EVENTS:
        await serve_events(endpoint, request, context, receive, send)
    else:
        context.until_disconnected = lambda: until_disconnected(receive)
        await _answer(endpoint, request, context, headers, send)


async def _answer(
    endpoint: GraphQLEndpoint, request: GraphQLRequest, context: ApiContext, headers: Mapping[str, str], send: Send
) -> None:
    media = _media(headers)
    try:
        result = await executed(endpoint.schema, request, context)
    except Exception as error:  # noqa: BLE001 - the edge: what strawberry raises past its own results is masked here
        wrapped = GraphQLError(str(error), original_error=error)
        record([wrapped], context.request_id)
        result = PreExecutionError(data=None, errors=[wrapped])
    status = 200
    if media == GRAPHQL and isinstance(result, PreExecutionError) and result.errors:
        status = REFUSALS.get(code_of(result.errors[0]), REFUSALS[BAD_REQUEST]).status
    accepted = headers.get("accept-encoding", "") if context.compressible else ""
    body, request_id = payload(result, context), context.request_id
    await respond(send, status, body, media, accept_encoding=accepted, x_request_id=request_id)
