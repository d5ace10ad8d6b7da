"""The routes by which native clients sign people in: authorize with a consent page, token, revoke, metadata."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from contracts.access.caller import Caller
from contracts.refusals import InvalidInput, Refusal
from kit.http.access import Unauthenticated
from kit.http.answers import PRIVATE, Endpoint, answering, json_answer
from kit.http.bodies import read_body
from kit.http.headers import headers_of, media_type_of
from kit.http.json_bodies import decoded
from services.auth.http import LARGEST_BODY, own_page
from services.auth.oauth_server.authorization_request import (
    OAuthError,
    packed,
    pairs_of,
    read_authorization_request,
    unpacked,
)
from services.auth.oauth_server.clients import NativeClient
from services.auth.oauth_server.grants import ClientGrants, Issued
from services.auth.oidc_client.http import showing
from services.auth.pages import consent_page
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import CachingAuth, authenticate

AUTHORIZE, TOKEN, REVOKE = "/auth/authorize", "/auth/token", "/auth/revoke"
LARGEST_FORM = 8 * 1024
KIND = "application/x-www-form-urlencoded"
BROWSERS = ("origin", "sec-fetch-site", "cookie")
Allowed = Callable[[Request, Caller, str, bool], Awaitable[None]]


class Decided(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /auth/authorize: the request as `packed` made it, and whether the user allowed it."""

    request: str
    allow: bool


@dataclass(frozen=True)
class OAuthEndpoints:
    """The endpoints of native clients; `issuer` is our origin.

    `allowed` is called with each decision of a user before the client is answered.
    """

    grants: ClientGrants
    auth: CachingAuth
    policy: BrowserPolicy
    clients: Mapping[str, NativeClient]
    issuer: str
    allowed: Allowed
    clock: Callable[[], float]

    def routes(self) -> list[Route]:
        """Return the routes; the token endpoint answers errors as RFC 6749 defines."""
        return [
            Route(AUTHORIZE, showing(self.authorize), methods=["GET"]),
            Route(AUTHORIZE, answering(self.decide), methods=["POST"]),
            Route(TOKEN, _by_rfc(self.token), methods=["POST"]),
            Route(REVOKE, _by_rfc(self.revoke), methods=["POST"]),
            Route("/.well-known/oauth-authorization-server", self.metadata, methods=["GET"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """Return the consent page, a redirect to sign-in for an unknown caller, or a redirect with an error."""
        query = _query(request)
        authorization = read_authorization_request(query, self.clients)
        if authorization.problem is not None:
            return _away(authorization.refused(self.issuer, authorization.problem))
        caller = await authenticate(request.scope, self.auth, self.policy)
        if caller is None:
            then = f"{AUTHORIZE}?{urlencode({'r': packed(query)})}"
            return _away(f"/auth/sign-in?{urlencode({'next': then})}")
        if caller.via != "session":
            raise InvalidInput("an app is allowed in with a browser's session")
        html, headers = consent_page(authorization.client.label, caller.subject, packed(query))
        return HTMLResponse(html, headers={**PRIVATE, **headers})

    async def decide(self, request: Request) -> Response:
        """Return the address that the page must open, with a code or an error, after the user's decision."""
        own_page(request, self.policy)
        caller = await authenticate(request.scope, self.auth, self.policy)
        if caller is None or caller.via != "session":
            raise Unauthenticated("sign in, then allow the app again")
        said = decoded(await read_body(request.scope, request.receive, LARGEST_BODY), Decided)
        authorization = read_authorization_request(unpacked(said.request), self.clients)
        problem = authorization.problem if said.allow else ("access_denied", "the user did not allow it")
        await self.allowed(request, caller, authorization.client.id, problem is None)
        if problem is not None:
            return json_answer({"location": authorization.refused(self.issuer, problem)})
        code = await run_in_threadpool(self.grants.code, authorization, caller.subject)
        return json_answer({"location": authorization.location(self.issuer, code=code)})

    async def token(self, request: Request) -> Response:
        """Return tokens for a code or for a refresh token; an error of RFC 6749 for any other request."""
        form = await _form(request, self.clients)
        kind = _needed(form, "grant_type")
        if kind == "authorization_code":
            given = (_needed(form, name) for name in ("client_id", "code", "redirect_uri", "code_verifier"))
            return _tokens(await run_in_threadpool(self.grants.exchange, *given), self.clock())
        if kind == "refresh_token":
            if form.get("scope"):
                raise OAuthError("invalid_scope", "there are no scopes: leave scope out")
            given = (_needed(form, name) for name in ("client_id", "refresh_token"))
            return _tokens(await run_in_threadpool(self.grants.refresh, *given), self.clock())
        raise OAuthError("unsupported_grant_type", "grant_type is authorization_code or refresh_token")

    async def revoke(self, request: Request) -> Response:
        """Revoke a token and answer 200, also for an unknown one (RFC 7009)."""
        form = await _form(request, self.clients)
        await run_in_threadpool(self.grants.revoke, form["client_id"], _needed(form, "token"))
        return Response(status_code=200, headers=PRIVATE)

    async def metadata(self, _: Request) -> Response:
        """Answer with the server metadata of RFC 8414."""
        return JSONResponse(_metadata(self.issuer), headers={"Cache-Control": "public, max-age=300"})


def _metadata(issuer: str) -> dict[str, Any]:
    """RFC 8414."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "revocation_endpoint": issuer + REVOKE,
        "jwks_uri": f"{issuer}/auth/jwks.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "authorization_response_iss_parameter_supported": True,
    }


def _query(request: Request) -> str:
    """The request of a client, or the one that comes back from signing in."""
    query = request.scope["query_string"].decode("ascii", "replace")
    pairs = pairs_of(query)
    return unpacked(pairs[0][1]) if [name for name, _ in pairs] == ["r"] else query


def _away(location: str) -> Response:
    return RedirectResponse(location, 303, headers={**PRIVATE, "Referrer-Policy": "no-referrer"})


async def _form(request: Request, clients: Mapping[str, NativeClient]) -> dict[str, str]:
    """The form of a known public client that is no page in a browser; OAuthError."""
    if any(name in request.headers for name in BROWSERS):
        raise OAuthError("unauthorized_client", "tokens are for native clients: a browser has its session", 403)
    try:
        is_form = media_type_of(headers_of(request.scope)) == KIND
        body = await read_body(request.scope, request.receive, LARGEST_FORM) if is_form else b""
        pairs = pairs_of(body.decode("ascii"))
    except (UnicodeDecodeError, Refusal):
        raise OAuthError("invalid_request", "the request cannot be read") from None
    if not is_form:
        raise OAuthError("invalid_request", f"the body is {KIND}")
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthError("invalid_request", "a parameter is there twice")
    if "authorization" in request.headers or "client_secret" in form or form.get("client_id") not in clients:
        raise OAuthError("invalid_client", "send the client_id of a configured client, and no secret", 401)
    return form


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise OAuthError("invalid_request", f"{name} is missing")
    return form[name]


def _tokens(issued: Issued, now: float) -> Response:
    left = max(0, int(issued.expires_at - now))
    said = {"access_token": issued.access, "token_type": "Bearer", "expires_in": left, "refresh_token": issued.refresh}
    return JSONResponse(said, headers=PRIVATE)


def _by_rfc(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with refusals as RFC 6749 writes them."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except OAuthError as error:
            challenge = {"WWW-Authenticate": "Basic"} if error.status == 401 else {}
            said = {"error": error.error, "error_description": error.said}
            return JSONResponse(said, error.status, headers={**PRIVATE, **challenge})
        except Refusal:
            said = {"error": "temporarily_unavailable", "error_description": "ask again in a moment"}
            return JSONResponse(said, 503, headers={**PRIVATE, "Retry-After": "1"})

    return answer
