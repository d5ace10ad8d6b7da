"""Answers that no cache keeps: JSON, and refusals as RFC 9457 says them, by the one table."""

import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from contracts.refusals import Refusal
from kit.http.bodies import Crowded, TooLarge, TooSlow
from kit.refusals import PROBLEM, SLOW_REQUEST, RefusalRow, row_of

Endpoint = Callable[[Request], Awaitable[Response]]
VARY = "Authorization, Cookie"
PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff", "vary": VARY}
"""Header fields of what is one person's, or told only once."""


def json_answer(value: Any, status: int = 200) -> Response:
    """Return a record, or anything else that JSON can say, as an answer."""
    return Response(msgspec.json.encode(value), status, PRIVATE, "application/json")


def answering(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with its refusals answered as problems."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            return problem(refusal)

    return answer


def problem(refusal: Refusal, more: Mapping[str, Any] | None = None, status: int | None = None) -> Response:
    """Return a refusal as a problem, with `more` members; `status` takes the place of the table's.

    The members are those of RFC 9457 with `code`, `message` and `path` beside them. The type is named after the code,
    which never changes; the message is for people and may.
    """
    row = _row(refusal)
    status = row.status if status is None else status
    headers = dict(PRIVATE)
    if row.retry_s is not None:
        headers["retry-after"] = str(row.retry_s)
    if refusal.code == "UNAUTHENTICATED":
        headers["www-authenticate"] = "Bearer"
    if isinstance(refusal, Crowded):
        headers["retry-after"] = "1"
    if isinstance(refusal, TooSlow | TooLarge | Crowded):
        headers["connection"] = "close"  # the rest of the body is not waited for
    members = {
        "type": f"urn:tipbench:problem:{refusal.code.lower().replace('_', '-')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": refusal.message,
        "code": refusal.code,
        "message": refusal.message,
        "path": refusal.path,
        **(more or {}),
    }
    return Response(json.dumps(members).encode(), status, headers, PROBLEM)


def status_of(refusal: Refusal) -> int:
    """Return the status that the table has for a refusal."""
    return _row(refusal).status


def _row(refusal: Refusal) -> RefusalRow:
    return SLOW_REQUEST if isinstance(refusal, TooSlow) else row_of(refusal)
