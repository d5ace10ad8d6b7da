"""What browsers may do: the origins served, the cookies' names and attributes, and which requests may change state."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class CookieShape(msgspec.Struct, frozen=True):
    """The keyword arguments of Starlette's `set_cookie` besides name and value."""

    max_age: int
    secure: bool
    path: str = "/"
    httponly: bool = True
    samesite: Literal["lax", "none"] = "lax"


class BrowserPolicy(msgspec.Struct, frozen=True):
    """The exact public `origins`, such as `https://tips.example`, and the path that a new session opens.

    Raise ValueError for plain http beyond loopback, and for http mixed with https.
    """

    origins: frozenset[str]
    after: str = "/"

    def __post_init__(self) -> None:
        schemes = {urlsplit(origin).scheme for origin in self.origins}
        if len(schemes) != 1 or not schemes <= {"http", "https"}:
            raise ValueError("origins are all https, or all http on loopback")
        for origin in self.origins:
            parts = urlsplit(origin)
            if origin != f"{parts.scheme}://{parts.netloc}" or not parts.hostname:
                raise ValueError(f"{origin} is not an origin: scheme, host and port, without a path")
            if parts.scheme == "http" and parts.hostname not in LOOPBACK:
                raise ValueError(f"{origin} needs https: plain http is for loopback only")

    @property
    def secure(self) -> bool:
        """Return whether the origins are https."""
        return all(origin.startswith("https:") for origin in self.origins)

    @property
    def cookie(self) -> str:
        """Return the name of the session cookie."""
        return "__Host-tipbench_session" if self.secure else "tipbench_session"

    def cookie_shape(self, max_age: int) -> dict[str, Any]:
        """Return the keyword arguments of `set_cookie` for a session; `max_age` in seconds only limits the browser."""
        return msgspec.structs.asdict(CookieShape(max_age, self.secure))

    @property
    def transaction_cookie(self) -> str:
        """Return the name of the cookie of a sign-in in progress."""
        return "__Host-tipbench_attempt" if self.secure else "tipbench_attempt"

    def transaction_cookie_shape(self, max_age: int) -> dict[str, Any]:
        """Return the keyword arguments of `set_cookie` for a sign-in in progress.

        Over https the cookie is also sent with a cross-site POST, which is how Apple answers.
        """
        return msgspec.structs.asdict(CookieShape(max_age, self.secure, samesite="none" if self.secure else "lax"))

    def may_change(self, method: str, headers: Mapping[str, str]) -> bool:
        """Return whether a request with a cookie, or one that sets a cookie, comes from our own pages.

        `headers` have lower-case names. Unsafe methods need an exact Origin, and a header or content type that another
        site's page cannot send without a preflight.
        """
        if method in SAFE:
            return True
        essence = headers.get("content-type", "").partition(";")[0].strip().lower()
        preflighted = headers.get("x-tipbench") == "1" or essence == "application/json"
        return headers.get("origin") in self.origins and preflighted
