"""The routes that list and end a caller's own sessions, and that publish the keys which verify our tokens."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.access.auth import CredentialView
from contracts.access.caller import Caller
from contracts.refusals import NotFound
from kit.http.access import known
from kit.http.answers import answering, json_answer
from services.auth.http import own_page
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import CachingAuth, authenticate

JWKS_S = 300
"""How long our public keys may be kept; a new one signs only after that and a minute more."""


def session_routes(auth: CachingAuth, policy: BrowserPolicy) -> list[Route]:
    """Return the routes of sessions and keys; refusals are application/problem+json."""

    async def sessions(request: Request) -> Response:
        caller = known(await authenticate(request.scope, auth, policy))
        views = await run_in_threadpool(auth.credentials, caller.subject)
        mine = [_session(view, caller) for view in views if view.via == "session"]
        return json_answer({"sessions": mine})

    async def revoke(request: Request) -> Response:
        caller = known(await authenticate(request.scope, auth, policy))
        if caller.via == "session":
            own_page(request, policy)
        session = request.path_params["session"]
        views = await run_in_threadpool(auth.credentials, caller.subject)
        if session not in {view.id for view in views if view.via == "session"}:
            raise NotFound("you have no such session", ("session",))
        return json_answer(_session(await run_in_threadpool(auth.revoke, session, "session"), caller))

    async def jwks(_: Request) -> Response:
        keys = await run_in_threadpool(auth.jwks)
        return JSONResponse({"keys": keys}, headers={"Cache-Control": f"public, max-age={JWKS_S}"})

    return [
        Route("/auth/jwks.json", answering(jwks), methods=["GET"]),
        Route("/auth/sessions", answering(sessions), methods=["GET"]),
        Route("/auth/sessions/{session}/revoke", answering(revoke), methods=["POST"]),
    ]


def _session(view: CredentialView, caller: Caller) -> dict[str, Any]:
    times = {"created_at": view.created_at, "expires_at": view.expires_at, "revoked_at": view.revoked_at}
    return {"id": view.id, **times, "current": view.id == caller.credential}
