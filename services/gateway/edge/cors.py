"""Where requests come from: client addresses behind trusted proxies, CORS headers, and cross-site requests."""

from collections.abc import Mapping
from ipaddress import ip_address

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
