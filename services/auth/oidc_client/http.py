"""The routes of signing in with a provider: the list of providers, the redirect to one, and the callback."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

import msgspec
from starlette.responses import RedirectResponse, Response

from contracts.access.caller import Caller
from contracts.access.oidc import ProviderRefused
from contracts.refusals import InvalidInput, Refusal
from contracts.routes import Media, RouteAnswer, RouteCall, RouteSpec, Security
from kit.http.access import Unauthenticated
from kit.http.answers import PRIVATE, json_answer
from services.auth.oidc_client.login_transactions import ATTEMPT_S
from services.auth.oidc_client.return_paths import return_path
from services.auth.oidc_client.sign_in import SignInStarted
from services.auth.pages import sign_in_page
from services.auth.sessions.caller import cookies_in
from services.auth.site import AUTH_RATE, COOKIE_S, LARGEST_JSON, PAGE, REFUSED_PAGES, AuthSite, refused_page

LARGEST_FORM = 16 * 1024
FORM = Media(media_type="application/x-www-form-urlencoded")


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /auth/login/{provider}: an invitation to redeem, or to link the identity to the caller."""

    invitation: str | None = None
    link: bool = False
    next: str | None = None

    def __repr__(self) -> str:
        return "Wanted()"


class Location(msgspec.Struct, frozen=True):
    """The address that the page opens next."""

    location: str


class NextQuery(msgspec.Struct, frozen=True):
    """The path of this site to open once signed in."""

    next: str | None = None


class ProviderQuery(msgspec.Struct, frozen=True):
    """What a provider sends a browser back with."""

    code: str | None = None
    state: str | None = None
    iss: str | None = None
    error: str | None = None


def _page(site: AuthSite, call: RouteCall) -> RouteAnswer:
    then = call.request.query_params.get("next")
    html, headers = sign_in_page(list(site.sign_in.providers.values()), None if then is None else return_path(then))
    return RouteAnswer(value=html.encode(), headers=headers)


async def _login(site: AuthSite, call: RouteCall) -> Response:
    begun = await site.sign_in.begin(call.path["provider"], call.request.query_params.get("next"))
    answer = RedirectResponse(begun.location, 303, headers={**PRIVATE, "Referrer-Policy": "no-referrer"})
    return _attempting(site, answer, begun)


async def _wanted_login(site: AuthSite, call: RouteCall) -> Response:
    wanted: Wanted = call.body
    if wanted.link and wanted.invitation is not None:
        raise InvalidInput("either an invitation is redeemed or an identity linked")
    linking: Caller | None = None
    if wanted.link:
        linking = call.visitor
        if linking is None or linking.via != "session":
            raise Unauthenticated("linking needs a session of a browser")
    begun = await site.sign_in.begin(call.path["provider"], wanted.next, invitation=wanted.invitation, linking=linking)
    return _attempting(site, json_answer(Location(begun.location)), begun)


def _attempting(site: AuthSite, answer: Response, begun: SignInStarted) -> Response:
    """The answer with the attempt's cookie."""
    policy = site.policy
    answer.set_cookie(policy.transaction_cookie, begun.secret, **policy.transaction_cookie_shape(int(ATTEMPT_S)))
    return answer


async def _callback(site: AuthSite, call: RouteCall) -> Response:
    """The end of an attempt, whose cookie is removed whatever became of it."""
    policy = site.policy
    try:
        answer = await _arrived(site, call)
    except Refusal as refusal:
        answer = refused_page(refusal)
    answer.set_cookie(policy.transaction_cookie, "", **policy.transaction_cookie_shape(0))
    return answer


async def _arrived(site: AuthSite, call: RouteCall) -> Response:
    request, policy, sign_in = call.request, site.policy, site.sign_in
    name, attempts = call.path["provider"], cookies_in(request.headers, policy.transaction_cookie)
    sessions = cookies_in(request.headers, policy.cookie)
    given = _given(call, by_post=name in sign_in.providers and sign_in.providers[name].form_post)
    arrived = await sign_in.finish(
        name, given, attempts[0] if len(attempts) == 1 else None, sessions[0] if len(sessions) == 1 else None
    )
    await site.signed(request, arrived)
    answer = RedirectResponse(arrived.then, 303, headers=PRIVATE)
    answer.set_cookie(policy.cookie, arrived.signed_in.secret, **policy.cookie_shape(COOKIE_S))
    return answer


def _given(call: RouteCall, *, by_post: bool) -> Mapping[str, str]:
    """The provider's answer; ProviderRefused when it comes another way than asked for, or says something twice."""
    request = call.request
    if (request.method == "POST") != by_post:
        raise ProviderRefused("the answer came another way than asked for")
    raw: bytes = call.body if by_post else request.scope["query_string"][:LARGEST_FORM]
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise ProviderRefused("the answer cannot be read") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise ProviderRefused("the answer says something twice")
    return given


def _returning(method: Literal["GET", "POST"], name: str, **more: Any) -> RouteSpec:
    """Return the route by which a provider sends the browser back, other sites' pages included.

    The Origin rule leaves it out, since Apple answers by a cross-site POST: the attempt's cookie, to which state and
    nonce are bound, protects it.
    """
    return RouteSpec(
        method=method,
        path="/auth/callback/{provider}",
        name=name,
        summary="Where a provider sends the browser back; it ends the attempt.",
        endpoint=_callback,
        parameters={"provider": str},
        answer=None,
        status=303,
        located=True,
        says="Signed in: the session is a cookie.",
        refused=REFUSED_PAGES,
        refusals=(401, 403, 404, 409, 422, 502),
        security=Security.PUBLIC,
        cross_site=True,
        tagged=False,
        rate=AUTH_RATE,
        **more,
    )


ROUTES = (
    RouteSpec(
        method="GET",
        path="/auth/sign-in",
        name="signInPage",
        summary="The providers to sign in with.",
        endpoint=_page,
        query=NextQuery,
        loose=True,
        answer=PAGE,
        says="A page without scripts.",
        refused=REFUSED_PAGES,
        refusals=(422,),
        security=Security.PUBLIC,
        tagged=False,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="GET",
        path="/auth/login/{provider}",
        name="signIn",
        summary="Begin to sign in with a provider.",
        endpoint=_login,
        parameters={"provider": str},
        query=NextQuery,
        loose=True,
        answer=None,
        status=303,
        located=True,
        says="On to the provider's page.",
        refused=REFUSED_PAGES,
        refusals=(422, 502),
        security=Security.PUBLIC,
        tagged=False,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="POST",
        path="/auth/login/{provider}",
        name="signInWith",
        summary="Begin to sign in with an invitation, or to link an identity to your user.",
        endpoint=_wanted_login,
        parameters={"provider": str},
        body=Wanted,
        max_bytes=LARGEST_JSON,
        answer=Location,
        says="The provider's page, to be opened by ours.",
        refusals=(401, 409, 502),
        security=Security.PUBLIC,
        own_page=True,
        rate=AUTH_RATE,
    ),
    _returning("GET", "signedIn", query=ProviderQuery, loose=True),
    _returning("POST", "signedInByForm", body=FORM, max_bytes=LARGEST_FORM),
)
