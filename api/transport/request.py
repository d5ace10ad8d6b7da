"""The way from a POST's bytes to one GraphQL request: size, time and types are checked before the query is read."""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson

from api.transport.endpoint import Receive, Scope, TransportLimits, header

DEEPEST = 64
"""How deep objects and lists in variables may be nested; what walks them later may recurse."""


@dataclass(frozen=True)
class GraphQLRequest:
    """One operation as it was sent."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class BadRequest(Exception):
    """Raised for a request that HTTP answers, with a status, and not GraphQL."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)


class ClientDisconnected(Exception):
    """Raised when the client disconnects before its request is whole."""


async def read_body(scope: Scope, receive: Receive, limits: TransportLimits) -> bytes:
    """Return the whole body.

    Raise BadRequest when it is too large or takes too long, ClientDisconnected when the client leaves before its end.
    """
    too_large = BadRequest(413, "TOO_LARGE", f"A body is at most {limits.body} bytes.")
    length = header(scope, b"content-length")
    if length is not None and (not length.isdecimal() or int(length[:12]) > limits.body):
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_time):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnected
                body += message.get("body", b"")
                if len(body) > limits.body:
                    raise too_large
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise BadRequest(408, "TIMEOUT", f"The body did not come within {limits.body_time:g} s.") from None


def _is_deep(value: Any) -> bool:
    """Return whether lists and objects are nested deeper than DEEPEST."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def request_in(value: Any) -> GraphQLRequest:
    """Return the request in a decoded JSON value; raise BadRequest for anything else, batches too."""
    if isinstance(value, list):
        raise BadRequest(400, "BAD_REQUEST", "One operation a request: batching is off.")
    if not isinstance(value, dict):
        raise BadRequest(400, "BAD_REQUEST", "The body is a JSON object with a query.")
    query, variables, name = value.get("query"), value.get("variables"), value.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(400, "BAD_REQUEST", "query is a text with an operation.")
    if not isinstance(variables, dict | None):
        raise BadRequest(400, "BAD_REQUEST", "variables is an object.")
    if _is_deep(variables):
        raise BadRequest(400, "BAD_REQUEST", f"variables are nested more than {DEEPEST} deep.")
    if not isinstance(name, str | None):
        raise BadRequest(400, "BAD_REQUEST", "operationName is a text.")
    return GraphQLRequest(query, variables, name or None)


def decoded(body: bytes | str) -> GraphQLRequest:
    """Return the request in JSON; raise BadRequest for bad UTF-8 or JSON, NaN and endless nesting too."""
    try:
        value = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        raise BadRequest(400, "BAD_REQUEST", "The body is not JSON.") from None
    return request_in(value)
