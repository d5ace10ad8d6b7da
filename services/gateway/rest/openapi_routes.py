"""Describes the routes that modules declare as path items of OpenAPI 3.1."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import msgspec

from contracts.access.caller import Role
from contracts.module import Download, RouteSpec

REF = "#/components/schemas/"
Refusals = Callable[..., dict[str, Any]]
_TAGGED = {"etag": {"schema": {"type": "string"}}, "vary": {"schema": {"type": "string"}}}
_REPEATABLE = {"idempotency-replayed": {"schema": {"type": "string", "enum": ["true"]}}}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that was read; * writes over whatever is there.",
    "schema": {"type": "string", "minLength": 1, "examples": ["*"]},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request gives the first answer again, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9._-]+$"},
}


def path_items(specs: Sequence[RouteSpec], refusals: Refusals) -> dict[str, Any]:
    """Return the path items by path; `refusals` describes the given statuses."""
    found: dict[str, Any] = {}
    for spec in specs:
        found.setdefault(spec.path, {})[spec.method.lower()] = _operation(spec, refusals)
    return found


def records_of(specs: Sequence[RouteSpec]) -> list[type]:
    """Return the records that the routes take and answer with, each once, in their order."""
    kinds = [kind for spec in specs for kind in (spec.body, spec.answer) if isinstance(kind, type)]
    return list(dict.fromkeys(kinds))


def refused_statuses(spec: RouteSpec) -> set[int]:
    """Return the statuses of refusals: those that follow from the route's fields, and those that it names itself.

    A change may be refused for the page that it comes from (403). A read takes no parameters (422).
    """
    found = {401, 429, 503, *spec.refusals}
    if spec.method != "GET" or spec.role > Role.USER:
        found.add(403)
    if spec.method == "GET":
        found.add(422)
    if spec.body is not None:
        found |= {400, 408, 413, 415, 422}
    if spec.parameters:
        found.add(404)
    if spec.idempotent:
        found |= {400, 408, 409, 422}
    if spec.versioned and spec.method != "GET":
        found |= {412, 428}
    return found


def _operation(spec: RouteSpec, refusals: Refusals) -> dict[str, Any]:
    given = [
        *({"name": name, "in": "path", "required": True, "schema": _text(k)} for name, k in spec.parameters.items()),
        *([_IF_MATCH] if spec.versioned and spec.method != "GET" else []),
        *([_KEY] if spec.idempotent else []),
    ]
    unchanged = {"304": {"description": "The client has it."}} if spec.method == "GET" else {}
    described: dict[str, Any] = {"operationId": spec.name, "summary": spec.summary}
    if given or spec.body is not None:
        described["parameters"] = given
    if spec.body is not None:
        described["requestBody"] = {"required": True, "content": _content(spec.body)}
    good = {str(spec.status): _answer(spec)}
    return {**described, "responses": {**good, **unchanged, **refusals(*refused_statuses(spec))}}


def _answer(spec: RouteSpec) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if spec.versioned or spec.method == "GET":
        headers |= _TAGGED
    if spec.idempotent:
        headers |= _REPEATABLE
    return {"description": spec.says, **({"headers": headers} if headers else {}), "content": _content(spec.answer)}


def _content(kind: type | Download) -> dict[str, Any]:
    if isinstance(kind, Download):
        return {kind.media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": {"$ref": REF + kind.__name__}}}


def _text(kind: type) -> dict[str, Any]:
    """Return the schema of a parameter of a path: one of an enumeration's values, or text."""
    if issubclass(kind, Enum):
        return {"type": "string", "enum": [member.value for member in kind]}
    return msgspec.json.schema(kind)
