"""Describes the routes that modules declare as path items of OpenAPI 3.1."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from contracts.access.caller import Role
from contracts.routes import Download, Media, RecordRows, RouteSpec, Security

REF = "#/components/schemas/"
Refusals = Callable[[RouteSpec, int], dict[str, Any]]
_TAGGED = {"etag": {"schema": {"type": "string"}}, "vary": {"schema": {"type": "string"}}}
_REPEATABLE = {"idempotency-replayed": {"schema": {"type": "string", "enum": ["true"]}}}
_LOCATED = {"location": {"schema": {"type": "string"}, "required": True}}
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
_OWN_KEY = {**_KEY, "description": "The same key with the same options answers with the same run."}
_OWN_PAGE = {
    "name": "X-Tipbench",
    "in": "header",
    "description": "1, or a body of type application/json, with the Origin of this site's own pages.",
    "schema": {"type": "string", "enum": ["1"]},
}
_SECURITY: Mapping[Security, list[dict[str, list[str]]]] = {
    Security.SESSION: [{"session": []}],
    Security.SCRAPER: [{"bearer": []}, {"session": []}],
    Security.SIGNATURE: [{"signature": []}],
    Security.LINK: [],
    Security.PUBLIC: [],
}
"""What lets in, where it is not what lets in by default."""


def path_items(specs: Sequence[RouteSpec], refusals: Refusals) -> dict[str, Any]:
    """Return the path items by path; `refusals` describes a refusal of a route with a status."""
    found: dict[str, Any] = {}
    for spec in specs:
        found.setdefault(spec.path, {})[spec.method.lower()] = _operation(spec, refusals)
    return found


def records_of(specs: Sequence[RouteSpec]) -> list[type]:
    """Return the records that the routes take and answer with, each once, in their order."""
    kinds = [kind for spec in specs for kind in (spec.body, spec.answer, *spec.others.values())]
    kinds += [spec.refused.answer for spec in specs if spec.refused is not None]
    named = [each for kind in kinds for each in (kind.kinds if isinstance(kind, RecordRows) else (kind,))]
    return list(dict.fromkeys(each for each in named if isinstance(each, type)))


def refused_statuses(spec: RouteSpec) -> set[int]:
    """Return the statuses of refusals: those that follow from the route's fields, and those that it names itself.

    Any request may be refused for its header fields (400). A change may be refused for the page that it comes from
    (403), and what nobody proved for who made the browser ask. A read takes no parameters but its own (422).
    """
    found = {400, 429, 503, *spec.refusals}
    if spec.security not in {Security.PUBLIC, Security.LINK}:
        found.add(401)
    if spec.method != "GET" or spec.role > Role.USER or spec.security is Security.PUBLIC or spec.recent:
        found.add(403)
    if spec.method == "GET" and not spec.loose:
        found.add(422)
    if spec.body is not None:
        found |= {408, 413}
    if spec.body is not None and not isinstance(spec.body, Media):
        found |= {415, 422}
    if spec.parameters:
        found.add(404)
    if spec.idempotent or spec.own_key:
        found |= {408, 409, 422}
    if spec.versioned and spec.method != "GET":
        found |= {412, 428}
    return found


def _operation(spec: RouteSpec, refusals: Refusals) -> dict[str, Any]:
    given = [
        *({"name": name, "in": "path", "required": True, "schema": _schema(k)} for name, k in spec.parameters.items()),
        *_query(spec.query),
        *([_IF_MATCH] if spec.versioned and spec.method != "GET" else []),
        *([_KEY] if spec.idempotent else []),
        *([_OWN_KEY] if spec.own_key else []),
        *([_OWN_PAGE] if spec.own_page else []),
    ]
    described: dict[str, Any] = {"operationId": spec.name, "summary": spec.summary}
    if spec.security is not Security.CALLER:
        described["security"] = _SECURITY[spec.security]
    if given or spec.body is not None or spec.method == "GET":
        described["parameters"] = given
    if spec.body is not None:
        described["requestBody"] = {"required": True, "content": _content(spec.body)}
    return {**described, "responses": _responses(spec, refusals)}


def _responses(spec: RouteSpec, refusals: Refusals) -> dict[str, Any]:
    found: dict[str, Any] = {str(spec.status): _answer(spec)}
    if spec.method == "GET" and spec.tagged:
        found["304"] = {"description": "The client has it."}
    for status in sorted(refused_statuses(spec)):
        found[str(status)] = refusals(spec, status)
    for status, kind in spec.others.items():
        also = found.setdefault(str(status), {"description": "Go there." if 300 <= status < 400 else spec.says})
        if kind is not None:
            also["content"] = {**also.get("content", {}), **_content(kind)}
        if 300 <= status < 400:
            also["headers"] = _LOCATED
    return found


def _answer(spec: RouteSpec) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if spec.versioned or (spec.method == "GET" and spec.tagged):
        headers |= _TAGGED
    if spec.idempotent:
        headers |= _REPEATABLE
    if spec.located:
        headers |= _LOCATED
    content = {} if spec.answer is None else {"content": _content(spec.answer)}
    return {"description": spec.says, **({"headers": headers} if headers else {}), **content}


def _content(kind: Any) -> dict[str, Any]:
    """Return the media types of a body or an answer with their schemas."""
    if isinstance(kind, Download):
        return {kind.media_type: {"schema": {"type": "string", "format": "binary"}}}
    if isinstance(kind, Media):
        schema = {} if kind.media_type == "application/json" else {"type": "string"}
        said = {"description": kind.says} if kind.says else {}
        return {kind.media_type.partition(";")[0]: {"schema": {**schema, **said}}}
    if isinstance(kind, RecordRows):
        items = [{"$ref": REF + each.__name__} for each in kind.kinds]
        rows = {"type": "array", "items": items[0] if len(items) == 1 else {"anyOf": items}}
        return {"application/json": {"schema": rows}}
    return {"application/json": {"schema": {"$ref": REF + kind.__name__}}}


def content_of(kind: Any) -> dict[str, Any]:
    """Return the media types of what a refusal is answered with where it is no problem."""
    return _content(kind)


def _query(record: type | None) -> list[dict[str, Any]]:
    """Return the parameters of a query; the members of its record, none of which must be there."""
    if record is None:
        return []
    fields = _schema(record)["properties"]
    return [{"name": name, "in": "query", "schema": _sent(schema)} for name, schema in fields.items()]


def _sent(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a member without null, which a query cannot say."""
    said = {key: value for key, value in schema.items() if key not in {"default", "anyOf"}}
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    said |= choices[0] if len(choices) == 1 else ({"anyOf": choices} if choices else {})
    return {**said, "enum": [each for each in said["enum"] if each is not None]} if "enum" in said else said


def _schema(kind: Any) -> dict[str, Any]:
    """Return the schema of a parameter by itself; of a record, its own."""
    schema, components = msgspec.json.schema_components([kind], ref_template=REF + "{name}")
    found: dict[str, Any] = schema[0]
    return components[found["$ref"].removeprefix(REF)] if "$ref" in found else found
