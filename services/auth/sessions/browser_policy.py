"""Where the browser meets auth: the origins served, the session cookie's name and shape, and what may be changed."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class CookieShape(msgspec.Struct, frozen=True):
    """What Starlette's `set_cookie` takes beside name and value."""

    max_age: int
    secure: bool
    path: str = "/"
    httponly: bool = True
    samesite: Literal["lax", "none"] = "lax"


class BrowserPolicy(msgspec.Struct, frozen=True):
    """Exact public `origins` such as `https://tips.example`, and the path that a fresh session goes on to.

    Plain http is for loopback only, and https and http are not mixed: ValueError.
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
        """Return whether browsers come over https."""
        return all(origin.startswith("https:") for origin in self.origins)

    @property
    def cookie(self) -> str:
        """Return the session cookie's name."""
        return "__Host-tipbench_session" if self.secure else "tipbench_session"

    def cookie_shape(self, max_age: int) -> dict[str, Any]:
        """Return keyword arguments of Starlette's `set_cookie`; the server's row decides what counts, not `max_age`."""
        return msgspec.structs.asdict(CookieShape(max_age, self.secure))

    @property
    def transaction_cookie(self) -> str:
        """Return the name of the cookie of a sign-in under way."""
        return "__Host-tipbench_attempt" if self.secure else "tipbench_attempt"

    def transaction_cookie_shape(self, max_age: int) -> dict[str, Any]:
        """Return `cookie_shape` for the sign-in.

        Over https it also comes with a cross-site POST, as Apple answers by.
        """
        return msgspec.structs.asdict(CookieShape(max_age, self.secure, samesite="none" if self.secure else "lax"))

    def may_change(self, method: str, headers: Mapping[str, str]) -> bool:
        """Return whether a request that a browser's cookie carries, or that makes one, comes from our own pages.

        `headers` have lower-case names. Unsafe methods need an exact Origin, and a header or a content type that no
        foreign page can send without asking first.
        """
        if method in SAFE:
            return True
        essence = headers.get("content-type", "").partition(";")[0].strip().lower()
        preflighted = headers.get("x-tipbench") == "1" or essence == "application/json"
        return headers.get("origin") in self.origins and preflighted
