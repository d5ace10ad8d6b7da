"""The way from a POST's bytes to one GraphQL request: size, time and types are checked before the query is read."""

from dataclasses import dataclass
from typing import Any

import orjson

from kit.http.headers import Malformed

DEEPEST = 64
"""How deep objects and lists in variables may be nested; what walks them later may recurse."""


@dataclass(frozen=True)
class GraphQLRequest:
    """One operation as it was sent."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


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
    """Return the request in a decoded JSON value; raise Malformed for anything else, batches too."""
    if isinstance(value, list):
        raise Malformed("One operation a request: batching is off.")
    if not isinstance(value, dict):
        raise Malformed("The body is a JSON object with a query.")
    query, variables, name = value.get("query"), value.get("variables"), value.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Malformed("query is a text with an operation.")
    if not isinstance(variables, dict | None):
        raise Malformed("variables is an object.")
    if _is_deep(variables):
        raise Malformed(f"variables are nested more than {DEEPEST} deep.")
    if not isinstance(name, str | None):
        raise Malformed("operationName is a text.")
    return GraphQLRequest(query, variables, name or None)


def decoded(body: bytes | str) -> GraphQLRequest:
    """Return the request in JSON; raise Malformed for bad UTF-8 or JSON, NaN and endless nesting too."""
    try:
        value = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    return request_in(value)
