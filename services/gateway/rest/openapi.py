"""`GET /openapi.json`: the REST endpoints described by OpenAPI 3.1, from the records that declare them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from contracts.routes import RouteAnswer, RouteCall, RouteSpec
from kit.refusals import PROBLEM
from services.gateway.rest.openapi_routes import REF, content_of, path_items, records_of

SchemaNames = Mapping[type, str]
"""Names of records in the document where they are not the classes' own."""
WHEN = {
    400: "The request cannot be read.",
    401: "No credential, or one that does not count.",
    403: "The role is too low, or the request comes from another page.",
    404: "There is no such thing.",
    405: "Another method.",
    409: "The name is taken, the experiment is archived, or the same key is being launched.",
    408: "The body came too slowly.",
    410: "This user asked to be erased.",
    412: "It was changed since it was read.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "A value cannot be used, or the key was used with other options.",
    428: "The change does not say what it is of: If-Match.",
    429: "Too many requests; Retry-After says when.",
    502: "The identity provider does not answer as it must.",
    503: "Something that is needed is away; Retry-After says when.",
}
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "message"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable; programs decide by it."},
        "message": {"type": "string"},
        "path": {"type": "array", "items": {"type": "string"}},
        "request_id": {"type": "string"},
    },
}
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-tipbench_session",
        "description": "A browser's session; over plain http, on loopback alone, the cookie is tipbench_session.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "As Standard Webhooks has it, with webhook-id and webhook-timestamp.",
    },
}


class Description(msgspec.Struct, frozen=True):
    """The OpenAPI document itself, as far as it says what it is."""

    openapi: str
    info: dict[str, str]
    paths: dict[str, Any]
    components: dict[str, Any]


def _refusals(spec: RouteSpec, status: int) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": REF + "Problem"}}}
    if spec.refused is not None:
        content |= content_of(spec.refused.answer)
    return {"description": WHEN[status], "content": content}


def _as_released(described: dict[str, Any], names: SchemaNames) -> dict[str, Any]:
    """Return paths or schemas with the released names of records, which clients generate their types from."""
    text = msgspec.json.encode(described).decode()
    for record, name in names.items():
        text = text.replace(f'"{record.__name__}"', f'"{name}"').replace(f'{REF}{record.__name__}"', f'{REF}{name}"')
    renamed: dict[str, Any] = msgspec.json.decode(text)
    return renamed


def document(specs: Sequence[RouteSpec], names: SchemaNames) -> dict[str, Any]:
    """Return the OpenAPI document of all routes as a dict; `names` are those of records that are not the classes'."""
    _, schemas = msgspec.json.schema_components(records_of(specs), ref_template=REF + "{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tipbench", "version": "1"},
        "security": [{"bearer": []}, {"session": []}],
        "paths": _as_released(path_items(specs, _refusals), names),
        "components": {
            "schemas": {**_as_released(schemas, names), "Problem": PROBLEM_SCHEMA},
            "securitySchemes": SCHEMES,
        },
    }


def _show(described: bytes, _: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=described)


ROUTES = (
    RouteSpec(
        method="GET",
        path="/openapi.json",
        name="openapi",
        summary="This description.",
        endpoint=_show,
        answer=Description,
        rate=None,
    ),
)
"""Of the document's bytes."""
