"""Reads what a declared route is called with: parameters, condition, key and body, each refused by the record."""

from typing import Any

import msgspec
from starlette.requests import Request

from contracts.access.caller import Caller
from contracts.refusals import InvalidInput, NotFound
from contracts.routes import Media, RouteCall, RouteSpec
from kit.http.bodies import read_body
from kit.http.headers import header_of, headers_of
from kit.http.json_bodies import check_json, decoded
from kit.validation import in_words, path_of
from services.gateway.rest.versions import version_in


async def checked_call(spec: RouteSpec, request: Request, visitor: Caller | None, body: bytes | None) -> RouteCall:
    """Return the checked request; `body` are the bytes of its body where they were read already.

    Raise InvalidInput for parameters, NotFound for a path that names nothing, NoVersion, and what a body is refused
    with.
    """
    query = _query(spec, request)
    path = {name: _parameter(request, name, kind) for name, kind in spec.parameters.items()}
    version: int | None = None
    if spec.versioned and spec.method != "GET":
        version = version_in(header_of(request.scope, "if-match"), "" if visitor is None else visitor.subject)
    given: Any = None
    if spec.body is not None:
        given = await _body(spec, request, body)
    key = header_of(request.scope, "idempotency-key") if spec.own_key else None
    return RouteCall(visitor=visitor, path=path, query=query, body=given, version=version, key=key, request=request)


async def body_bytes(spec: RouteSpec, request: Request) -> bytes:
    """Return the body of a route that has one, within its bound; none of one that the endpoint reads itself."""
    if spec.body is None or spec.max_bytes is None:
        return b""
    return await read_body(request.scope, request.receive, spec.max_bytes)


async def _body(spec: RouteSpec, request: Request, read: bytes | None) -> Any:
    """The record or the bytes; a page of ours has said by more than the type that it means to change something."""
    if not isinstance(spec.body, Media) and not spec.own_page:
        check_json(headers_of(request.scope))
    body = await body_bytes(spec, request) if read is None else read
    return body if isinstance(spec.body, Media) else decoded(body, spec.body)


def _query(spec: RouteSpec, request: Request) -> Any:
    if spec.method != "GET" or spec.loose:
        return None
    known = () if spec.query is None else spec.query.__struct_encode_fields__  # type: ignore[attr-defined]  # a Struct
    unknown = next((name for name in request.query_params if name not in known), None)
    if unknown is not None:
        raise InvalidInput(f"there is no parameter {unknown!r:.40}", (unknown[:40],))
    if spec.query is None:
        return None
    try:
        return msgspec.convert(dict(request.query_params), spec.query, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(in_words(error, spec.query), path_of(error)) from None


def _parameter(request: Request, name: str, kind: Any) -> Any:
    try:
        return msgspec.convert(request.path_params[name], kind)
    except msgspec.ValidationError:
        raise NotFound(f"there is no such {name}", (name,)) from None
