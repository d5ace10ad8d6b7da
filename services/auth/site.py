"""What auth's routes ask, put together by the server; their windows, and refusals as pages."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse

from contracts.access.caller import Caller
from contracts.refusals import Refusal
from contracts.routes import Media, Rate, RefusedAs
from kit.http.answers import PRIVATE, status_of
from kit.refusals import row_of
from services.auth.oauth_server.clients import NativeClient
from services.auth.oauth_server.grants import ClientGrants
from services.auth.oidc_client.sign_in import SignIn, SignInResult
from services.auth.pages import refusal_page
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import CachingAuth

COOKIE_S = 14 * 24 * 3600
LARGEST_JSON = 4096
PAGE = Media(media_type="text/html; charset=utf-8")
AUTH_RATE = Rate(name="auth", per_minute=300, under="/auth/")
DOCUMENTS = Rate(name="documents", per_minute=600, under="/.well-known/")
LINKS = Rate(name="links", per_minute=300, failures=True)
TOKENS = Rate(name="tokens", per_minute=300, failures=True)


@dataclass(frozen=True, kw_only=True)
class AuthSite:
    """What the routes ask; `auth` identifies callers, here or elsewhere, and `issuer` is our origin.

    `signed` is called with each completed sign-in, `allowed` with each decision about a native client, before the
    browser is answered.
    """

    auth: CachingAuth
    policy: BrowserPolicy
    sign_in: SignIn
    grants: ClientGrants
    clients: Mapping[str, NativeClient]
    issuer: str
    signed: Callable[[Request, SignInResult], Awaitable[None]]
    allowed: Callable[[Request, Caller, str, bool], Awaitable[None]]
    clock: Callable[[], float]


def refused_page(refusal: Refusal) -> HTMLResponse:
    """Return a refusal as a page, because a browser shows it; a program finds the code in a header field."""
    html, headers = refusal_page(refusal.message)
    seconds = row_of(refusal).retry_s
    again = {} if seconds is None else {"Retry-After": str(seconds)}
    fields = {**PRIVATE, **headers, **again, "X-Tipbench-Code": refusal.code}
    return HTMLResponse(html, status_of(refusal), headers=fields)


REFUSED_PAGES = RefusedAs(answer=PAGE, respond=refused_page)
