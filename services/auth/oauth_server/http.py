"""The routes by which native clients sign people in: authorize with a consent page, token, revoke, metadata."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from urllib.parse import urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from contracts.refusals import InvalidInput, Refusal
from contracts.routes import Media, RefusedAs, RouteAnswer, RouteCall, RouteSpec, Security
from kit.http.answers import PRIVATE, status_of
from kit.http.headers import headers_of, media_type_of
from services.auth.oauth_server.authorization_request import (
    OAuthError,
    packed,
    pairs_of,
    read_authorization_request,
    unpacked,
)
from services.auth.oauth_server.clients import NativeClient
from services.auth.oauth_server.grants import Issued
from services.auth.oidc_client.http import Location
from services.auth.pages import consent_page
from services.auth.site import AUTH_RATE, DOCUMENTS, LARGEST_JSON, PAGE, REFUSED_PAGES, TOKENS, AuthSite

AUTHORIZE, TOKEN, REVOKE = "/auth/authorize", "/auth/token", "/auth/revoke"
LARGEST_FORM = 8 * 1024
KIND = "application/x-www-form-urlencoded"
BROWSERS = ("origin", "sec-fetch-site", "cookie")
FORM = Media(media_type=KIND)
Endpoint = Callable[[AuthSite, RouteCall], Awaitable[Response]]


class Decided(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /auth/authorize: the request as `packed` made it, and whether the user allowed it."""

    request: str
    allow: bool


class TokenAnswer(msgspec.Struct, frozen=True):
    """An access token, for how many seconds it counts, and the refresh token of its successor."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str

    def __repr__(self) -> str:
        return "TokenAnswer()"


class TokenRefused(msgspec.Struct, frozen=True):
    """An error as RFC 6749 has it; programs decide by `error`."""

    error: str
    error_description: str


class ServerMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """What this authorization server can, by RFC 8414."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    response_types_supported: tuple[str, ...] = ("code",)
    response_modes_supported: tuple[str, ...] = ("query",)
    grant_types_supported: tuple[str, ...] = ("authorization_code", "refresh_token")
    code_challenge_methods_supported: tuple[str, ...] = ("S256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("none",)
    revocation_endpoint_auth_methods_supported: tuple[str, ...] = ("none",)
    authorization_response_iss_parameter_supported: bool = True


class AuthorizeQuery(msgspec.Struct, frozen=True):
    """A client's request for a code, or in `r` the one that comes back from signing in."""

    response_type: str | None = None
    client_id: str | None = None
    redirect_uri: str | None = None
    state: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    r: str | None = None


async def _authorize(site: AuthSite, call: RouteCall) -> Response:
    """The consent page, a redirect to sign-in for an unknown caller, or a redirect with an error."""
    query = _query(call.request)
    authorization = read_authorization_request(query, site.clients)
    if authorization.problem is not None:
        return _away(authorization.refused(site.issuer, authorization.problem))
    caller = call.visitor
    if caller is None:
        then = f"{AUTHORIZE}?{urlencode({'r': packed(query)})}"
        return _away(f"/auth/sign-in?{urlencode({'next': then})}")
    if caller.via != "session":
        raise InvalidInput("an app is allowed in with a browser's session")
    html, headers = consent_page(authorization.client.label, caller.subject, packed(query))
    return HTMLResponse(html, headers={**PRIVATE, **headers})


async def _decide(site: AuthSite, call: RouteCall) -> RouteAnswer:
    """The address that the page must open, with a code or an error, after the user's decision."""
    caller, said = call.caller, call.body
    authorization = read_authorization_request(unpacked(said.request), site.clients)
    problem = authorization.problem if said.allow else ("access_denied", "the user did not allow it")
    await site.allowed(call.request, caller, authorization.client.id, problem is None)
    if problem is None:
        try:
            code = await run_in_threadpool(site.grants.code, authorization, caller.subject)
            return RouteAnswer(value=Location(authorization.location(site.issuer, code=code)))
        except OAuthError as error:
            problem = (error.error, error.said)
    return RouteAnswer(value=Location(authorization.refused(site.issuer, problem)))


def _by_rfc(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with its errors as RFC 6749 writes them."""

    @wraps(endpoint)
    async def answer(site: AuthSite, call: RouteCall) -> Response:
        try:
            return await endpoint(site, call)
        except OAuthError as error:
            challenge = {"WWW-Authenticate": "Basic"} if error.status == 401 else {}
            said = {"error": error.error, "error_description": error.said}
            return JSONResponse(said, error.status, headers={**PRIVATE, **challenge})

    return answer


def _unreadable(refusal: Refusal) -> Response:
    """A body that cannot be read, or a refusal of what the endpoint asks, as RFC 6749 writes them."""
    if status_of(refusal) < 500:
        said = {"error": "invalid_request", "error_description": "the request cannot be read"}
        return JSONResponse(said, 400, headers=PRIVATE)
    said = {"error": "temporarily_unavailable", "error_description": "ask again in a moment"}
    return JSONResponse(said, 503, headers={**PRIVATE, "Retry-After": "1"})


@_by_rfc
async def _token(site: AuthSite, call: RouteCall) -> Response:
    """Tokens for a code or for a refresh token."""
    form = _form(call, site.clients)
    kind = _needed(form, "grant_type")
    if kind == "authorization_code":
        given = (_needed(form, name) for name in ("client_id", "code", "redirect_uri", "code_verifier"))
        return _tokens(await run_in_threadpool(site.grants.exchange, *given), site.clock())
    if kind == "refresh_token":
        if form.get("scope"):
            raise OAuthError("invalid_scope", "there are no scopes: leave scope out")
        given = (_needed(form, name) for name in ("client_id", "refresh_token"))
        return _tokens(await run_in_threadpool(site.grants.refresh, *given), site.clock())
    raise OAuthError("unsupported_grant_type", "grant_type is authorization_code or refresh_token")


@_by_rfc
async def _revoke(site: AuthSite, call: RouteCall) -> Response:
    """200, also for an unknown token (RFC 7009)."""
    form = _form(call, site.clients)
    await run_in_threadpool(site.grants.revoke, form["client_id"], _needed(form, "token"))
    return Response(status_code=200, headers=PRIVATE)


def _metadata(site: AuthSite, _: RouteCall) -> RouteAnswer:
    issuer = site.issuer
    said = ServerMetadata(
        issuer=issuer,
        authorization_endpoint=issuer + AUTHORIZE,
        token_endpoint=issuer + TOKEN,
        revocation_endpoint=issuer + REVOKE,
        jwks_uri=f"{issuer}/auth/jwks.json",
    )
    return RouteAnswer(value=said, headers={"cache-control": "public, max-age=300"})


def _query(request: Request) -> str:
    """The request of a client, or the one that comes back from signing in."""
    query = request.scope["query_string"].decode("ascii", "replace")
    pairs = pairs_of(query)
    return unpacked(pairs[0][1]) if [name for name, _ in pairs] == ["r"] else query


def _away(location: str) -> Response:
    return RedirectResponse(location, 303, headers={**PRIVATE, "Referrer-Policy": "no-referrer"})


def _form(call: RouteCall, clients: Mapping[str, NativeClient]) -> dict[str, str]:
    """The form of a known public client that is no page in a browser; OAuthError."""
    request: Request = call.request
    if any(name in request.headers for name in BROWSERS):
        raise OAuthError("unauthorized_client", "tokens are for native clients: a browser has its session", 403)
    if media_type_of(headers_of(request.scope)) != KIND:
        raise OAuthError("invalid_request", f"the body is {KIND}")
    try:
        pairs = pairs_of(call.body.decode("ascii"))
    except (UnicodeDecodeError, Refusal):
        raise OAuthError("invalid_request", "the request cannot be read") from None
    if len(form := dict(pairs)) != len(pairs):
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


REFUSED = RefusedAs(answer=TokenRefused, respond=_unreadable)
ROUTES = (
    RouteSpec(
        method="GET",
        path=AUTHORIZE,
        name="authorize",
        summary="Ask a user to allow a native client in.",
        endpoint=_authorize,
        query=AuthorizeQuery,
        loose=True,
        answer=PAGE,
        says="The page that asks.",
        others={303: None},
        refused=REFUSED_PAGES,
        refusals=(422,),
        security=Security.PUBLIC,
        tagged=False,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="POST",
        path=AUTHORIZE,
        name="allowClient",
        summary="Allow a native client in, or do not.",
        endpoint=_decide,
        body=Decided,
        max_bytes=LARGEST_JSON,
        answer=Location,
        says="Where the client is answered.",
        security=Security.SESSION,
        own_page=True,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="POST",
        path=TOKEN,
        name="token",
        summary="Exchange a code, or a refresh token, for tokens.",
        endpoint=_token,
        body=FORM,
        max_bytes=LARGEST_FORM,
        answer=TokenAnswer,
        says="Tokens of the user who allowed it.",
        refused=REFUSED,
        refusals=(401,),
        security=Security.PUBLIC,
        rate=TOKENS,
    ),
    RouteSpec(
        method="POST",
        path=REVOKE,
        name="revokeToken",
        summary="Revoke a token of a native client.",
        endpoint=_revoke,
        body=FORM,
        max_bytes=LARGEST_FORM,
        answer=None,
        says="It does not count, if it ever did.",
        refused=REFUSED,
        refusals=(401,),
        security=Security.PUBLIC,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="GET",
        path="/.well-known/oauth-authorization-server",
        name="oauthMetadata",
        summary="What the authorization server can.",
        endpoint=_metadata,
        answer=ServerMetadata,
        says="By RFC 8414; to be kept for five minutes.",
        security=Security.PUBLIC,
        loose=True,
        tagged=False,
        rate=DOCUMENTS,
    ),
)
