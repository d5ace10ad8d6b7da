"""Personal answers that a client may keep and ask about again: ETag, Vary and 304."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

VARY = "Authorization, Cookie"


def etag_response(request: Request, body: bytes) -> Response:
    """Return the JSON body with its ETag, or 304 for a client that has it; only the client itself may keep it."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "vary": VARY, "cache-control": "private, no-cache"}
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")


def _has(given: str, tag: str) -> bool:
    return given.strip() == "*" or tag in {entry.strip().removeprefix("W/") for entry in given.split(",")}
