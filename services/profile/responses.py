"""Responses of profile's endpoints: personal JSON with ETag or no-store, and a file that is deleted once sent."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from contracts.modules.profile import StoredProfile
from contracts.modules.profile_http import ProfileView
from contracts.refusals import InvalidInput, Refusal
from kit.http.answers import PRIVATE
from kit.http.etag import etag_answer

VERSION = re.compile(r'"([0-9]{1,9})-[0-9a-f]{16}"', re.ASCII)
BLOCK = 1 << 16


class NoVersion(Refusal):
    """A change without If-Match."""

    code = "PRECONDITION_REQUIRED"


def shown(stored: StoredProfile) -> ProfileView:
    """Return the profile as the API shows it to its user."""
    profile = stored.profile
    return ProfileView(
        name=profile.name,
        locale=profile.locale,
        preferences=profile.preferences,
        zones=stored.zones,
        updated_at=stored.updated_at,
    )


def tag_of(user: str, version: int) -> str:
    """Return the ETag of a user's profile version; tags of different users always differ."""
    return f'"{version}-{hashlib.sha256(user.encode()).hexdigest()[:16]}"'


def version_in(if_match: str | None, user: str) -> int | None:
    """Return the version in an If-Match header, None for `*`; -1, which no profile has, for any other tag.

    Raise NoVersion without the header.
    """
    if if_match is None:
        raise NoVersion(
            "send the ETag that you read as If-Match, so that two pages do not undo each other", ("If-Match",)
        )
    if if_match.strip() == "*":
        return None
    found = VERSION.fullmatch(if_match.strip())
    mine = found is not None and tag_of(user, int(found[1])) == if_match.strip()
    return int(found[1]) if found and mine else -1


def conditional_answer(request: Request, value: Any, tag: str | None) -> Response:
    """Return a personal answer with its ETag, or 304 for a client that has it; only the client itself may keep it."""
    if request.query_params:
        raise InvalidInput("there are no parameters here", (next(iter(request.query_params))[:40],))
    return etag_answer(request, msgspec.json.encode(value), tag)


def sent_file(file: BinaryIO) -> Response:
    """Return the archive as a download; the file is deleted when it was sent or sending failed."""
    size = file.seek(0, 2)
    file.seek(0)
    headers = {"content-disposition": 'attachment; filename="tipbench-export.zip"', "content-length": str(size)}
    return StreamingResponse(_blocks(file), 200, PRIVATE | headers, "application/zip", BackgroundTask(file.close))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    try:
        while block := file.read(BLOCK):
            yield block
    finally:
        file.close()
