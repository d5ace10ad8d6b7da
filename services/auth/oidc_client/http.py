"""The routes of signing in with a provider: the list of providers, the redirect to one, and the callback."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from contracts.access.caller import Caller
from contracts.access.oidc import ProviderRefused
from contracts.refusals import InvalidInput, Refusal
from kit.http.access import Unauthenticated
from kit.http.answers import PRIVATE, Endpoint, answering, json_answer, status_of
from kit.http.bodies import read_body
from kit.http.json_bodies import decoded
from kit.refusals import row_of
from services.auth.http import COOKIE_S, LARGEST_BODY, own_page
from services.auth.oidc_client.login_transactions import ATTEMPT_S
from services.auth.oidc_client.return_paths import return_path
from services.auth.oidc_client.sign_in import SignIn, SignInResult
from services.auth.pages import refusal_page, sign_in_page
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import CachingAuth, authenticate, cookies_in

LARGEST_FORM = 16 * 1024
CALLBACK = "/auth/callback/"
"""The only prefix that the Origin rule leaves out, since Apple answers by a cross-site POST: the attempt's cookie, to
which state and nonce are bound, protects it."""
Signed = Callable[[Request, SignInResult], Awaitable[None]]


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /auth/login/{provider}: an invitation to redeem, or to link the identity to the caller."""

    invitation: str | None = None
    link: bool = False
    next: str | None = None

    def __repr__(self) -> str:
        return "Wanted()"


def sign_in_routes(sign_in: SignIn, auth: CachingAuth, policy: BrowserPolicy, signed: Signed) -> list[Route]:
    """Return the routes of signing in; `signed` is called with each completed sign-in before the response."""

    async def page(request: Request) -> Response:
        then = request.query_params.get("next")
        html, headers = sign_in_page(list(sign_in.providers.values()), None if then is None else return_path(then))
        return HTMLResponse(html, headers={**PRIVATE, **headers})

    async def login(request: Request) -> Response:
        begun = await sign_in.begin(request.path_params["provider"], request.query_params.get("next"))
        answer = RedirectResponse(begun.location, 303, headers={**PRIVATE, "Referrer-Policy": "no-referrer"})
        answer.set_cookie(policy.transaction_cookie, begun.secret, **policy.transaction_cookie_shape(int(ATTEMPT_S)))
        return answer

    async def wanted_login(request: Request) -> Response:
        own_page(request, policy)
        wanted = await _wanted(request)
        linking: Caller | None = None
        if wanted.link:
            linking = await authenticate(request.scope, auth, policy)
            if linking is None or linking.via != "session":
                raise Unauthenticated("linking needs a session of a browser")
        name = request.path_params["provider"]
        begun = await sign_in.begin(name, wanted.next, invitation=wanted.invitation, linking=linking)
        answer = json_answer({"location": begun.location})
        answer.set_cookie(policy.transaction_cookie, begun.secret, **policy.transaction_cookie_shape(int(ATTEMPT_S)))
        return answer

    async def callback(request: Request) -> Response:
        name, attempts = request.path_params["provider"], cookies_in(request.headers, policy.transaction_cookie)
        sessions = cookies_in(request.headers, policy.cookie)
        given = await _given(request, by_post=name in sign_in.providers and sign_in.providers[name].form_post)
        arrived = await sign_in.finish(
            name, given, attempts[0] if len(attempts) == 1 else None, sessions[0] if len(sessions) == 1 else None
        )
        await signed(request, arrived)
        answer = RedirectResponse(arrived.then, 303, headers=PRIVATE)
        answer.set_cookie(policy.cookie, arrived.signed_in.secret, **policy.cookie_shape(COOKIE_S))
        return answer

    return [
        Route("/auth/sign-in", showing(page), methods=["GET"]),
        Route("/auth/login/{provider}", showing(login), methods=["GET"]),
        Route("/auth/login/{provider}", answering(wanted_login), methods=["POST"]),
        Route(CALLBACK + "{provider}", _ending(showing(callback), policy), methods=["GET", "POST"]),
    ]


def showing(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with its refusals rendered as pages, because a browser shows the answer."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            html, headers = refusal_page(refusal.message)
            seconds = row_of(refusal).retry_s
            again = {} if seconds is None else {"Retry-After": str(seconds)}
            fields = {**PRIVATE, **headers, **again, "X-Tipbench-Code": refusal.code}
            return HTMLResponse(html, status_of(refusal), headers=fields)

    return answer


def _ending(endpoint: Endpoint, policy: BrowserPolicy) -> Endpoint:
    """The endpoint, after which the attempt's cookie is gone."""

    async def answer(request: Request) -> Response:
        response = await endpoint(request)
        response.set_cookie(policy.transaction_cookie, "", **policy.transaction_cookie_shape(0))
        return response

    return answer


async def _wanted(request: Request) -> Wanted:
    wanted = decoded(await read_body(request.scope, request.receive, LARGEST_BODY), Wanted)
    if wanted.link and wanted.invitation is not None:
        raise InvalidInput("either an invitation is redeemed or an identity linked")
    return wanted


async def _given(request: Request, *, by_post: bool) -> Mapping[str, str]:
    """The provider's answer; ProviderRefused when it comes another way than asked for, or says something twice."""
    if (request.method == "POST") != by_post:
        raise ProviderRefused("the answer came another way than asked for")
    raw = (
        await read_body(request.scope, request.receive, LARGEST_FORM)
        if by_post
        else request.scope["query_string"][:LARGEST_FORM]
    )
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise ProviderRefused("the answer cannot be read") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise ProviderRefused("the answer says something twice")
    return given
