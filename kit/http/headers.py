"""Header fields by one rule: a field that must be single and comes more than once is refused, others are joined."""

from collections.abc import Mapping, MutableMapping
from typing import Any

from contracts.refusals import Refusal

Scope = MutableMapping[str, Any]
SINGLE = frozenset(
    {
        "access-control-request-method",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "origin",
        "sec-fetch-mode",
        "sec-fetch-site",
        "x-tipbench",
    }
)
"""Fields whose value decides what is done, and that no client repeats in earnest. Credentials are not among them: who
looks for them refuses two with a code of their own."""


class Malformed(Refusal):
    """A request that HTTP or JSON does not allow."""

    code = "BAD_REQUEST"


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Return the values by lower-case name, a repeated field joined by commas; raise Malformed for one of SINGLE."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        if name in found and name in SINGLE:
            raise _repeated(name)
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def header_of(scope: Scope, name: str) -> str | None:
    """Return the one value of a field, None without it; raise Malformed when it is there more than once."""
    wanted = name.encode("latin-1")
    values = [value for raw, value in scope["headers"] if raw.lower() == wanted]
    if len(values) > 1:
        raise _repeated(name)
    return values[0].decode("latin-1") if values else None


def media_type_of(headers: Mapping[str, str]) -> str:
    """Return the body's media type in lower case without its parameters, empty where none is given."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _repeated(name: str) -> Malformed:
    return Malformed(f"send {name} once", (name,))
