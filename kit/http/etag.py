"""Personal answers that a client may keep and ask about again: ETag, Vary and 304."""

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from kit.http.answers import VARY


def etag_answer(
    request: Request,
    body: bytes,
    tag: str | None = None,
    *,
    media_type: str = "application/json",
    more: Mapping[str, str] | None = None,
) -> Response:
    """Return the body with its ETag, or 304 for a client that has it; only the client itself may keep it.

    `tag` is quoted; without one the body's hash is it. `more` are header fields of both answers.
    """
    tag = tag or f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "vary": VARY, "cache-control": "private, no-cache", **(more or {})}
    given = ",".join(request.headers.getlist("if-none-match"))
    if {entry.strip().removeprefix("W/") for entry in given.split(",")} & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media_type)
