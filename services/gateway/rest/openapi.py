"""`GET /openapi.json`: the REST endpoints described by OpenAPI 3.1, from the records that they answer with."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.benchmark.experiments import ExperimentRow, RunRecord
from contracts.module import RouteSpec
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow
from kit.http.access import known
from kit.http.answers import answering
from kit.http.etag import etag_answer
from kit.refusals import PROBLEM
from services.gateway.edge.middleware import caller_of
from services.gateway.rest.bench import BenchRun, Queued
from services.gateway.rest.home import HomeScreen
from services.gateway.rest.openapi_routes import REF, path_items, records_of

SchemaNames = Mapping[type, str]
"""Names of records in the document where they are not the classes' own."""
OWN_NAMES: SchemaNames = {HomeScreen: "Home"}
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
_EXPERIMENT = {
    "name": "experiment",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^tip-bench-[a-z0-9][a-z0-9-]{0,62}$"},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same options answers with the same run.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9._-]+$"},
}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _list_of(*names: str) -> dict[str, Any]:
    items = [{"$ref": REF + name} for name in names]
    return {"type": "array", "items": items[0] if len(items) == 1 else {"anyOf": items}}


def _get(
    name: str,
    summary: str,
    schema: dict[str, Any],
    *refused: int,
    given: tuple[Any, ...] = (),
    media_type: str = "application/json",
) -> dict[str, Any]:
    headers = {"etag": {"schema": {"type": "string"}}, "vary": {"schema": {"type": "string"}}}
    whole = {"description": "As it is now.", "content": {media_type: {"schema": schema}}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": list(given),
        "responses": {
            "200": whole if name == "home" else {**whole, "headers": headers},
            "304": {"description": "The client has it."},
            **_refusals(401, 429, 503, *refused),
        },
    }


def _refusals(*statuses: int) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": REF + "Problem"}}}
    return {str(status): {"description": WHEN[status], "content": content} for status in sorted(statuses)}


def _paths(specs: Sequence[RouteSpec]) -> dict[str, Any]:
    location = {"location": {"schema": {"type": "string"}, "required": True}}
    launch = {
        "operationId": "run",
        "summary": "Validate, pin and queue a benchmark, or go on with it.",
        "parameters": [_KEY],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": REF + "BenchRun"}}}},
        "responses": {
            "202": {
                "description": "Queued; Location lists the experiment's runs.",
                "headers": location,
                "content": {"application/json": {"schema": {"$ref": REF + "Queued"}}},
            },
            **_refusals(400, 401, 403, 408, 409, 413, 415, 422, 429, 503),
        },
    }
    by = (
        _EXPERIMENT,
        _query("judges", {"type": "string", "description": "KIND or ID,…"}),
        _query("slice", {"enum": ["area", "locale"]}),
    )
    board = _list_of("LeaderboardRow", "SliceRow")
    page = {"type": "string", "description": "One HTML document without scripts or outside references."}
    return {
        "/api/bench/experiments": {
            "get": _get("experiments", "Every experiment.", _list_of("ExperimentRow"), 403, 422)
        },
        "/api/bench/run": {"post": launch},
        "/api/bench/runs/{experiment}": {
            "get": _get("runs", "Collecting runs.", _list_of("RunRecord"), 403, 404, 422, given=(_EXPERIMENT,))
        },
        "/api/bench/leaderboard/{experiment}": {
            "get": _get("leaderboard", "Cells, best first.", board, 403, 404, 422, given=by)
        },
        "/api/bench/report/{experiment}": {
            "get": _get(
                "report", "The published report.", page, 403, 404, 422, given=(_EXPERIMENT,), media_type="text/html"
            )
        },
        "/v1/home": {"get": _get("home", "The app's first screen.", {"$ref": REF + "Home"})},
        **path_items(specs, _refusals),
    }


def _as_released(described: dict[str, Any], names: SchemaNames) -> dict[str, Any]:
    """Return paths or schemas with the released names of records, which clients generate their types from."""
    text = msgspec.json.encode(described).decode()
    for record, name in names.items():
        text = text.replace(f'"{record.__name__}"', f'"{name}"').replace(f'{REF}{record.__name__}"', f'{REF}{name}"')
    renamed: dict[str, Any] = msgspec.json.decode(text)
    return renamed


def document(specs: Sequence[RouteSpec], names: SchemaNames) -> dict[str, Any]:
    """Return the OpenAPI document as a dict: the gateway's own routes and those that modules declare."""
    named = {**OWN_NAMES, **names}
    own = (ExperimentRow, RunRecord, LeaderboardRow, SliceRow, BenchRun, Queued, HomeScreen)
    records = (*own, *records_of(specs))
    _, schemas = msgspec.json.schema_components(records, ref_template=REF + "{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tipbench", "version": "1"},
        "security": [{"bearer": []}],
        "paths": _as_released(_paths(specs), named),
        "components": {
            "schemas": {**_as_released(schemas, named), "Problem": PROBLEM_SCHEMA},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def openapi(specs: Sequence[RouteSpec], names: SchemaNames) -> Route:
    """Return the route GET /openapi.json for every signed-in caller."""
    body = msgspec.json.encode(document(specs, names))

    async def show(request: Request) -> Response:
        known(caller_of(request.scope))
        return etag_answer(request, body)

    return Route("/openapi.json", answering(show), methods=["GET"])
