"""Where requests come from: client addresses behind trusted proxies, CORS headers, and cross-site requests."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import quote

from starlette.types import Scope

ANY_METHOD = b"GET, HEAD, POST, PUT"
ANY_HEADER = b"authorization, content-type, idempotency-key, if-match, if-none-match, traceparent, x-request-id"
SHOWN = b"etag, idempotency-replayed, location, ratelimit, ratelimit-policy, retry-after, traceparent, x-request-id"
Headers = list[tuple[bytes, bytes]]


def address_of(peer: str, forwarded: str, trusted: frozenset[str]) -> str:
    """Return the client's address: the last of X-Forwarded-For that is no trusted proxy, if `peer` is one; else `peer`.

    What is no address ends the walk, so that text from outside never becomes a key.
    """
    found = peer
    for entry in reversed(forwarded.split(",")):
        if found not in trusted:
            return found
        try:
            found = str(ip_address(entry.strip()))
        except ValueError:
            return found
    return found


def is_preflight(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a request is a CORS preflight."""
    return method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def cors(headers: Mapping[str, str], allowed: frozenset[str], *, preflight: bool) -> Headers:
    """Return the CORS headers for an allowed origin; cookies are never allowed, so such pages send a bearer token."""
    if not allowed:
        return []
    vary = [(b"vary", b"Origin")]
    if headers.get("origin") not in allowed:
        return vary
    fields = [*vary, (b"access-control-allow-origin", headers["origin"].encode("latin-1"))]
    if not preflight:
        return [*fields, (b"access-control-expose-headers", SHOWN)]
    return [
        *fields,
        (b"access-control-allow-methods", ANY_METHOD),
        (b"access-control-allow-headers", ANY_HEADER),
        (b"access-control-max-age", b"600"),
    ]


def from_elsewhere(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a browser says that another site's page sent the request, other than by following a link."""
    if headers.get("sec-fetch-site") not in {"cross-site", "same-site"}:
        return False
    return not (method in {"GET", "HEAD"} and headers.get("sec-fetch-mode") == "navigate")


def is_foreign(method: str, headers: Mapping[str, str], hosts: frozenset[str], allowed: frozenset[str]) -> bool:
    """Return whether a browser sent this for a page that is neither of `hosts` nor of the origins `allowed`.

    Opening a page by a link is not foreign; opening it in a frame of another site or ahead of the click is.
    """
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] not in hosts and origin not in allowed:
        return True
    if headers.get("sec-fetch-site") not in {"cross-site", "same-site"} or origin in allowed:
        return False
    ahead = "sec-purpose" in headers or headers.get("sec-fetch-dest", "document") != "document"
    return ahead or from_elsewhere(method, headers)


def moved_page(scope: Scope, headers: Mapping[str, str], aliases: Mapping[str, str]) -> tuple[bytes, bytes] | None:
    """Return the location of a page that was opened under another name of this host, None for anything else."""
    origin = aliases.get(headers.get("host", "").lower())
    if origin is None or scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return None
    if headers.get("sec-fetch-mode", "navigate") != "navigate":
        return None
    path = scope.get("raw_path") or quote(scope["path"]).encode()
    if not path.startswith(b"/"):
        return None
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    return b"location", origin.encode() + path.partition(b"?")[0] + query
