"""The routes that list and end a caller's own sessions, and that publish the keys which verify our tokens."""

import msgspec

from contracts.access.auth import CredentialView
from contracts.access.caller import Caller
from contracts.refusals import NotFound
from contracts.routes import RouteAnswer, RouteCall, RouteSpec, Security
from services.auth.site import AUTH_RATE, DOCUMENTS, AuthSite

JWKS_S = 300
"""How long our public keys may be kept; a new one signs only after that and a minute more."""


class OwnSession(msgspec.Struct, frozen=True):
    """One of the caller's sessions; `current` is the one that asks."""

    id: str
    created_at: str
    expires_at: str
    revoked_at: str | None
    current: bool


class SessionList(msgspec.Struct, frozen=True):
    """The caller's sessions."""

    sessions: list[OwnSession]


class KeySet(msgspec.Struct, frozen=True):
    """Public keys, as RFC 7517 has them."""

    keys: list[dict[str, str]]


def _sessions(site: AuthSite, call: RouteCall) -> RouteAnswer:
    views = site.auth.credentials(call.caller.subject)
    return RouteAnswer(value=SessionList([_session(view, call.caller) for view in views if view.via == "session"]))


def _revoke(site: AuthSite, call: RouteCall) -> RouteAnswer:
    session = call.path["session"]
    views = site.auth.credentials(call.caller.subject)
    if session not in {view.id for view in views if view.via == "session"}:
        raise NotFound("you have no such session", ("session",))
    return RouteAnswer(value=_session(site.auth.revoke(session, "session"), call.caller))


def _jwks(site: AuthSite, _: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=KeySet(site.auth.jwks()), headers={"cache-control": f"public, max-age={JWKS_S}"})


def _session(view: CredentialView, caller: Caller) -> OwnSession:
    current = view.id == caller.credential
    return OwnSession(view.id, view.created_at, view.expires_at, view.revoked_at, current)


ROUTES = (
    RouteSpec(
        method="GET",
        path="/auth/jwks.json",
        name="jwks",
        summary="The public keys that verify our tokens.",
        endpoint=_jwks,
        answer=KeySet,
        says="Those that sign only later included; to be kept for five minutes.",
        security=Security.PUBLIC,
        loose=True,
        tagged=False,
        rate=DOCUMENTS,
    ),
    RouteSpec(
        method="GET",
        path="/auth/sessions",
        name="sessions",
        summary="Your sessions.",
        endpoint=_sessions,
        answer=SessionList,
        loose=True,
        tagged=False,
        rate=AUTH_RATE,
    ),
    RouteSpec(
        method="POST",
        path="/auth/sessions/{session}/revoke",
        name="revokeSession",
        summary="End one of your sessions.",
        endpoint=_revoke,
        parameters={"session": str},
        answer=OwnSession,
        says="It has ended.",
        rate=AUTH_RATE,
    ),
)
