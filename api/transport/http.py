"""GraphQL over HTTP: one POST of exact JSON, answered once or, when the client accepts it, as a stream of events."""

from typing import Any

from graphql import GraphQLError
from strawberry.types.execution import PreExecutionError

from api.context import ApiContext
from api.errors import code_of, record
from api.execution.response import encoded, executed, failed, payload
from api.transport.endpoint import GraphQLEndpoint, Receive, Scope, Send, header
from api.transport.request import BadRequest, ClientDisconnected, GraphQLRequest, decoded, read_body
from api.transport.sse import serve_events
from contracts.access.caller import Caller
from contracts.refusals import Refusal, Unavailable

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"
STATUS = {
    "TIMEOUT": 503,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
}
"""For clients that ask for application/graphql-response+json, when nothing ran; every other code is 400."""


async def respond(send: Send, status: int, body: Any, media: str = JSON, **headers: str) -> None:
    """Send one whole JSON answer."""
    content = encoded(body)
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


def _media(scope: Scope) -> str:
    """Return the media type that the client accepts, of the three that there are; JSON where it names none."""
    accepted = {part.partition(";")[0].strip().lower() for part in (header(scope, b"accept") or "").split(",")}
    if EVENTS in accepted:
        return EVENTS
    return GRAPHQL if GRAPHQL in accepted and JSON not in accepted else JSON


def _check_head(scope: Scope) -> None:
    if scope["method"] != "POST":
        raise BadRequest(405, "METHOD_NOT_ALLOWED", "Operations are sent by POST.")
    kind = (header(scope, b"content-type") or "").lower().replace(" ", "")
    if kind not in {JSON, f"{JSON};charset=utf-8"}:
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", f"The body is {JSON}.")


async def _caller(endpoint: GraphQLEndpoint, scope: Scope) -> Caller | None:
    """Return the caller, None when anonymous; a cookie counts only from our own pages."""
    try:
        caller = await endpoint.who(scope)
    except Unavailable as refusal:
        raise BadRequest(503, refusal.code, refusal.message) from None
    except Refusal as refusal:
        raise BadRequest(400, refusal.code, refusal.message) from None
    origin = header(scope, b"origin")
    if (origin is not None or (caller is not None and caller.via == "session")) and origin not in endpoint.origins:
        raise BadRequest(403, "FOREIGN_ORIGIN", "The Origin is not one of ours.")
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
        _check_head(scope)
        caller = await _caller(endpoint, scope)
        request = decoded(await read_body(scope, receive, endpoint.limits))
    except BadRequest as refused:
        extra = {"allow": "POST"} if refused.status == 405 else {}
        body = failed(refused.code, refused.message)
        await respond(send, refused.status, body, x_request_id=request_id, **extra)
        return
    except ClientDisconnected:
        return
    media = _media(scope)
    context = endpoint.context(scope, caller, "sse" if media == EVENTS else "http", request_id)
    if media == EVENTS:
        await serve_events(endpoint, request, context, receive, send)
    else:
        await _answer(endpoint, request, context, media, send)


async def _answer(
    endpoint: GraphQLEndpoint, request: GraphQLRequest, context: ApiContext, media: str, send: Send
) -> None:
    try:
        result = await executed(endpoint.schema, request, context)
    except Exception as error:  # noqa: BLE001 - the edge: what strawberry raises past its own results is masked here
        wrapped = GraphQLError(str(error), original_error=error)
        record([wrapped], context.request_id)
        result = PreExecutionError(data=None, errors=[wrapped])
    status = 200
    if media == GRAPHQL and isinstance(result, PreExecutionError) and result.errors:
        status = STATUS.get(code_of(result.errors[0]), 400)
    await respond(send, status, payload(result, context), media, x_request_id=context.request_id)
