"""Errors as RFC 9457 says them: application/problem+json with a stable code, the same at every entry point."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

KIND = "application/problem+json"
RETRY_S = {503: "1"}
"""Seconds after which an answer of that status may be asked for again, where nothing better is known."""


def problem_of(status: int, code: str, message: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the members: `type`, `title`, `status` and `detail` of the RFC; `code`, `message` and `more` beside them.

    The type is named after the code, which never changes; the message is for people and may.
    """
    return {
        "type": f"urn:tipbench:problem:{code.lower().replace('_', '-')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "code": code,
        "message": message,
        **(more or {}),
    }


def problem_body(status: int, code: str, message: str, more: Mapping[str, Any] | None = None) -> bytes:
    """Return `problem_of` as JSON bytes."""
    return json.dumps(problem_of(status, code, message, more)).encode()
