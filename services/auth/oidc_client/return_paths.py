"""Validates the path that a sign-in returns to: a path of this site and nowhere else."""

import re
from urllib.parse import unquote

from contracts.refusals import InvalidInput

LONGEST = 2_100
PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@?/-]|%[0-9A-Fa-f]{2})*", re.ASCII)


def return_path(text: str) -> str:
    """Return the path as given; raise InvalidInput if a browser could read it as another site's address.

    The path unquoted once and twice must hold too, because a proxy or a page may unquote it.
    """
    seen = text
    for _ in range(3):
        if not seen.startswith("/") or seen.startswith("//") or re.search(r"[\\\x00-\x20\x7f]|//", seen):
            raise InvalidInput("`next` is a path of this site, such as /graphiql/", ("next",))
        seen = unquote(seen)
    if len(text) > LONGEST or not PATH.fullmatch(text):
        raise InvalidInput("`next` is a path of this site, such as /graphiql/", ("next",))
    return text
