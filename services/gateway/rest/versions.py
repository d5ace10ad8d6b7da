"""ETags of versioned values, and the version that If-Match names."""

import hashlib
import re

from contracts.refusals import Refusal

VERSION = re.compile(r'"([0-9]{1,9})-[0-9a-f]{16}"', re.ASCII)


class NoVersion(Refusal):
    """A change without If-Match."""

    code = "PRECONDITION_REQUIRED"


def tag_of(user: str, version: int) -> str:
    """Return the ETag of a version of a user's value; tags of different users always differ."""
    return f'"{version}-{hashlib.sha256(user.encode()).hexdigest()[:16]}"'


def version_in(if_match: str | None, user: str) -> int | None:
    """Return the version in an If-Match header, None for `*`; -1, which no value has, for any other tag.

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
