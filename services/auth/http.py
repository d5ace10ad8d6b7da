"""Auth's own routes: the pages of one-time links, spending one, signing out, and who one is."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from contracts.access.caller import Caller
from contracts.access.oidc import Provider
from contracts.refusals import InvalidInput, NotFound, Refusal
from kit.times import iso
from services.auth.pages import invitation_page, link_page
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import CachingAuth, authenticate

Endpoint = Callable[[Request], Awaitable[Response]]
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff", "Vary": "Cookie, Authorization"}
LARGEST_BODY = 4096
COOKIE_S = 14 * 24 * 3600
STATUS = {
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "UNAVAILABLE": 503,
    "FOREIGN_ORIGIN": 403,
    "TOO_LARGE": 413,
    "PROVIDER_AWAY": 502,
}
"""By code; every other refusal is 400."""


class ForeignOrigin(Refusal):
    """A change that one of our own pages did not ask for."""

    code = "FOREIGN_ORIGIN"


class TooLarge(Refusal):
    """A body that no link's secret needs."""

    code = "TOO_LARGE"


class Redeemed(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /auth/redeem."""

    secret: str

    def __repr__(self) -> str:
        return "Redeemed()"


def auth_routes(auth: CachingAuth, policy: BrowserPolicy, providers: Sequence[Provider] = ()) -> list[Route]:
    """Return all routes under /auth; errors are JSON with `code` and `message`."""

    async def redeem(request: Request) -> Response:
        own_page(request, policy)
        secret = await _secret(request)
        signed_in = await run_in_threadpool(auth.redeem, secret)
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
        caller = await authenticate(request.scope, auth, policy)
        if caller is None:
            return failure("UNAUTHENTICATED", "sign in, or send a bearer token", 401)
        return json_answer(_view(caller))

    return [
        Route("/auth/link", _showing(*link_page(policy.after)), methods=["GET"]),
        Route("/auth/invitation", _showing(*invitation_page(policy.after, providers)), methods=["GET"]),
        Route("/auth/redeem", refusing(redeem), methods=["POST"]),
        Route("/auth/sign-out", refusing(sign_out), methods=["POST"]),
        Route("/auth/me", refusing(me), methods=["GET"]),
    ]


def _showing(html: str, headers: dict[str, str]) -> Endpoint:
    async def show(_: Request) -> Response:
        return HTMLResponse(html, headers={**PRIVATE, **headers})

    return show


def refusing(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint, with refusals as JSON answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            return failure(refusal.code, refusal.message, STATUS.get(refusal.code, 400))

    return answer


def own_page(request: Request, policy: BrowserPolicy) -> None:
    """Raise ForeignOrigin unless one of our own pages asks."""
    if not policy.may_change(request.method, request.headers):
        raise ForeignOrigin("send Origin as this site's own pages do, and X-Tipbench: 1 or application/json")


async def body_of(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """Return the body; raise TooLarge as soon as it is."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise TooLarge(f"the body is over {largest} bytes")
    return bytes(body)


async def _secret(request: Request) -> str:
    body = await body_of(request)
    try:
        return msgspec.json.decode(body, type=Redeemed).secret
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInput('the body is {"secret": "…"} as JSON', ("secret",)) from None


def _end(auth: CachingAuth, caller: Caller) -> None:
    try:
        auth.sign_out(caller)
    except NotFound:
        return  # forgotten between the look-up and here: it has ended all the same


def _view(caller: Caller) -> dict[str, Any]:
    return {
        "subject": caller.subject,
        "role": caller.role.name,
        "judge": caller.judge,
        "via": caller.via,
        "expires_at": iso(caller.expires_at),
    }


def json_answer(content: Any) -> JSONResponse:
    """Return a personal answer."""
    return JSONResponse(content, headers=PRIVATE)


def failure(code: str, message: str, status: int) -> JSONResponse:
    """Return a refusal as JSON."""
    headers = {**PRIVATE, **({"Retry-After": "1"} if status == 503 else {})}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"code": code, "message": message}, status, headers=headers)
