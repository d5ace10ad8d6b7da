"""Auth's own routes: the pages of one-time links, redeeming a link, signing out, and the present caller."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from contracts.access.caller import Caller
from contracts.access.oidc import Provider
from contracts.refusals import NotFound
from kit.http.access import ForeignOrigin, known
from kit.http.answers import PRIVATE, Endpoint, answering, json_answer
from kit.http.bodies import read_body
from kit.http.headers import headers_of
from kit.http.json_bodies import decoded
from kit.times import iso
from services.auth.pages import invitation_page, link_page
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import CachingAuth, authenticate, cookies_in

LARGEST_BODY = 4096
COOKIE_S = 14 * 24 * 3600
MOST_SESSIONS = 4
"""Cookies of one name that a request may bring to be ended."""


class Redeemed(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /auth/redeem."""

    secret: str

    def __repr__(self) -> str:
        return "Redeemed()"


def auth_routes(auth: CachingAuth, policy: BrowserPolicy, providers: Sequence[Provider] = ()) -> list[Route]:
    """Return all routes under /auth; refusals are answered as application/problem+json."""

    async def redeem(request: Request) -> Response:
        own_page(request, policy)
        given = decoded(await read_body(request.scope, request.receive, LARGEST_BODY), Redeemed)
        signed_in = await run_in_threadpool(auth.redeem, given.secret)
        await run_in_threadpool(_end_sessions, auth, cookies_in(Headers(scope=request.scope), policy.cookie))
        answer = json_answer(_view(signed_in.caller))
        answer.set_cookie(policy.cookie, signed_in.secret, **policy.cookie_shape(COOKIE_S))
        return answer

    async def sign_out(request: Request) -> Response:
        caller = await authenticate(request.scope, auth, policy)
        if caller is None or caller.via == "session":
            own_page(request, policy)
        if caller is not None:
            await run_in_threadpool(_end, auth, caller)
        answer = Response(status_code=204, headers=PRIVATE)
        answer.set_cookie(policy.cookie, "", **policy.cookie_shape(0))
        return answer

    async def me(request: Request) -> Response:
        return json_answer(_view(known(await authenticate(request.scope, auth, policy))))

    return [
        Route("/auth/link", _showing(*link_page(policy.after)), methods=["GET"]),
        Route("/auth/invitation", _showing(*invitation_page(policy.after, providers)), methods=["GET"]),
        Route("/auth/redeem", answering(redeem), methods=["POST"]),
        Route("/auth/sign-out", answering(sign_out), methods=["POST"]),
        Route("/auth/me", answering(me), methods=["GET"]),
    ]


def _showing(html: str, headers: dict[str, str]) -> Endpoint:
    async def show(_: Request) -> Response:
        return HTMLResponse(html, headers={**PRIVATE, **headers})

    return show


def own_page(request: Request, policy: BrowserPolicy) -> None:
    """Raise ForeignOrigin unless the request comes from one of our own pages."""
    if not policy.may_change(request.method, headers_of(request.scope)):
        raise ForeignOrigin("send Origin as this site's own pages do, and X-Tipbench: 1 or application/json")


def _end(auth: CachingAuth, caller: Caller) -> None:
    try:
        auth.sign_out(caller)
    except NotFound:
        return  # forgotten between the look-up and here: it has ended all the same


def _end_sessions(auth: CachingAuth, secrets: Sequence[str]) -> None:
    """End the sessions that a browser brought, whosever they are: the new one takes their place."""
    for secret in secrets[:MOST_SESSIONS]:
        caller = auth.by_session(secret)
        if caller is not None:
            _end(auth, caller)


def _view(caller: Caller) -> dict[str, Any]:
    return {
        "subject": caller.subject,
        "role": caller.role.name,
        "judge": caller.judge,
        "via": caller.via,
        "expires_at": iso(caller.expires_at),
    }
