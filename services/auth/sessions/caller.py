"""From a request's headers to its caller: a bearer token or a session cookie, never both."""

from collections.abc import MutableMapping
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from contracts.access.auth import Auth
from contracts.access.caller import Caller
from contracts.refusals import Refusal
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.credentials import Via


class AmbiguousCredentials(Refusal):
    """A request with two credentials, answered with 400."""

    code = "AMBIGUOUS_CREDENTIALS"


class CachingAuth(Auth, Protocol):
    """Auth that can also return, without reading its store, a caller whom it looked up just now."""

    def cached(self, via: Via, secret: str) -> Caller | None:
        """Return the caller of a credential looked up less than a second ago, None if it must be looked up."""
        ...

    def jwks(self) -> list[dict[str, str]]:
        """Return the public keys that verify our tokens, those that sign only later included."""
        ...


async def authenticate(scope: MutableMapping[str, Any], auth: CachingAuth, policy: BrowserPolicy) -> Caller | None:
    """Return the caller of an ASGI scope (http or websocket), None without a valid credential.

    Raise AmbiguousCredentials for two credentials, Unavailable when the store is away. The edge must check the Origin
    of unsafe methods and websockets that carry a cookie.
    """
    found = credential_in(Headers(scope=scope), policy.cookie)
    if found is None:
        return None
    via, secret = found
    hit = auth.cached(via, secret)
    if hit is not None:
        return hit
    return await run_in_threadpool(auth.by_session if via == "session" else auth.by_bearer, secret)


def credential_in(headers: Headers, cookie: str) -> tuple[Via, str] | None:
    """Return the one credential in the headers, None without; raise AmbiguousCredentials for more than one."""
    found: list[tuple[Via, str]] = [("token", token) for token in _bearers(headers)]
    found += [("session", secret) for secret in cookies_in(headers, cookie)]
    if len(found) > 1:
        raise AmbiguousCredentials("send either a bearer token or the session cookie, once")
    return found[0] if found else None


def _bearers(headers: Headers) -> list[str]:
    pairs = [value.strip().partition(" ") for value in headers.getlist("authorization")]
    return [token.strip() for scheme, _, token in pairs if scheme.lower() == "bearer"]


def cookies_in(headers: Headers, name: str) -> list[str]:
    """Return the values of all cookies of that name."""
    pairs = [part.partition("=") for value in headers.getlist("cookie") for part in value.split(";")]
    return [value.strip() for key, _, value in pairs if key.strip() == name]
