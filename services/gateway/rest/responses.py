"""How the endpoints of the gateway answer: receipts as JSON, refusals as problems, never kept by a cache."""

from typing import Any

import msgspec
from starlette.responses import Response

from contracts.judging import Receipt
from contracts.refusals import Conflict, Forbidden, InProgress, InvalidInput, NameTaken, NotFound, Refusal, Unavailable
from services.gateway.rest.problems import KIND, RETRY_S, problem_body

STATUS: dict[type[Refusal], int] = {
    InvalidInput: 422,
    NotFound: 404,
    NameTaken: 409,
    Conflict: 409,
    InProgress: 409,
    Forbidden: 403,
    Unavailable: 503,
}


def as_json(value: Any, status: int) -> Response:
    """Return a JSON response."""
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(msgspec.json.encode(value), status, headers, "application/json")


def of_receipt(receipt: Receipt) -> Response:
    """Return 200 with the receipt, 422 when it was rejected."""
    return as_json(receipt, 422 if receipt.state == "rejected" else 200)


def of_refusal(refusal: Refusal, *, too_large: bool = False) -> Response:
    """Return the refusal's code, message and path under its status."""
    status = 413 if too_large else STATUS.get(type(refusal), 400)
    return problem(status, refusal.code, refusal.message, refusal.path)


def problem(status: int, code: str, message: str, path: tuple[str, ...] = ()) -> Response:
    """Return an error as every entry point states it."""
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    if status in RETRY_S:
        headers["retry-after"] = RETRY_S[status]
    return Response(problem_body(status, code, message, {"path": path}), status, headers, KIND)
