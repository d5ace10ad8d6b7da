"""Auth's own routes: the pages of one-time links, redeeming a link, signing out, and the present caller."""

from collections.abc import Sequence

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from contracts.access.caller import Caller
from contracts.refusals import NotFound
from contracts.routes import RouteAnswer, RouteCall, RouteSpec, Security
from kit.http.access import ForeignOrigin
from kit.http.answers import PRIVATE, json_answer
from kit.http.headers import headers_of
from kit.times import iso
from services.auth.pages import invitation_page, link_page
from services.auth.sessions.caller import CachingAuth, cookies_in
from services.auth.site import AUTH_RATE, COOKIE_S, LARGEST_JSON, LINKS, PAGE, AuthSite

MOST_SESSIONS = 4
"""Cookies of one name that a request may bring to be ended."""


class Redeemed(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /auth/redeem."""

    secret: str

    def __repr__(self) -> str:
        return "Redeemed()"


class Identified(msgspec.Struct, frozen=True):
    """Who asks, and until when the credential counts."""

    subject: str
    role: str
    judge: str | None
    via: str
    expires_at: str


async def _redeem(site: AuthSite, call: RouteCall) -> Response:
    signed_in = await run_in_threadpool(site.auth.redeem, call.body.secret)
    brought = cookies_in(call.request.headers, site.policy.cookie)
    await run_in_threadpool(_end_sessions, site.auth, brought)
    answer = json_answer(_view(signed_in.caller))
    answer.set_cookie(site.policy.cookie, signed_in.secret, **site.policy.cookie_shape(COOKIE_S))
    return answer


async def _sign_out(site: AuthSite, call: RouteCall) -> Response:
    request, caller = call.request, call.visitor
    with_cookie = caller is None or caller.via == "session"
    if with_cookie and not site.policy.may_change(request.method, headers_of(request.scope)):
        raise ForeignOrigin("send Origin as this site's own pages do, and X-Tipbench: 1 or application/json")
    if caller is not None:
        await run_in_threadpool(_end, site.auth, caller)
    answer = Response(status_code=204, headers=PRIVATE)
    answer.set_cookie(site.policy.cookie, "", **site.policy.cookie_shape(0))
    return answer


def _me(_: AuthSite, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=_view(call.caller))


def _link(site: AuthSite, _: RouteCall) -> RouteAnswer:
    html, headers = link_page(site.policy.after)
    return RouteAnswer(value=html.encode(), headers=headers)


def _invitation(site: AuthSite, _: RouteCall) -> RouteAnswer:
    html, headers = invitation_page(site.policy.after, list(site.sign_in.providers.values()))
    return RouteAnswer(value=html.encode(), headers=headers)


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


def _view(caller: Caller) -> Identified:
    return Identified(caller.subject, caller.role.name, caller.judge, caller.via, iso(caller.expires_at))


ROUTES = (
    RouteSpec(
        method="GET",
        path="/auth/link",
        name="linkPage",
        summary="The page of a local link, whose secret stands behind the #.",
        endpoint=_link,
        answer=PAGE,
        says="A page with a button that redeems the link.",
        security=Security.PUBLIC,
        loose=True,
        tagged=False,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="GET",
        path="/auth/invitation",
        name="invitationPage",
        summary="The page of an invitation, whose secret stands behind the #.",
        endpoint=_invitation,
        answer=PAGE,
        says="A page with buttons that accept the invitation.",
        security=Security.PUBLIC,
        loose=True,
        tagged=False,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="POST",
        path="/auth/redeem",
        name="redeem",
        summary="Redeem the secret of a link or an invitation, once.",
        endpoint=_redeem,
        body=Redeemed,
        max_bytes=LARGEST_JSON,
        answer=Identified,
        says="Signed in: the session is a cookie.",
        security=Security.PUBLIC,
        own_page=True,
        refusals=(404,),
        rate=LINKS,
    ),
    RouteSpec(
        method="POST",
        path="/auth/sign-out",
        name="signOut",
        summary="End the session or the token that the request comes with.",
        endpoint=_sign_out,
        answer=None,
        status=204,
        says="It has ended, or there was none.",
        security=Security.PUBLIC,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="GET",
        path="/auth/me",
        name="me",
        summary="Who you are here.",
        endpoint=_me,
        answer=Identified,
        loose=True,
        tagged=False,
        rate=AUTH_RATE,
    ),
)
