"""The routes of the native clients that one has allowed, listed and ended."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.auth.http import failure, json_answer, own_page, refusing
from services.auth.oauth_server.grants import ClientGrants
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import CachingAuth, authenticate


def apps_routes(grants: ClientGrants, auth: CachingAuth, policy: BrowserPolicy) -> list[Route]:
    """Return their routes; errors are JSON with `code` and `message`."""

    async def apps(request: Request) -> Response:
        caller = await authenticate(request.scope, auth, policy)
        if caller is None:
            return failure("UNAUTHENTICATED", "sign in, or send a bearer token", 401)
        return json_answer({"apps": await run_in_threadpool(grants.of_user, caller.subject)})

    async def revoke(request: Request) -> Response:
        caller = await authenticate(request.scope, auth, policy)
        if caller is None:
            return failure("UNAUTHENTICATED", "sign in, or send a bearer token", 401)
        if caller.via == "session":
            own_page(request, policy)
        return json_answer(await run_in_threadpool(grants.end, caller.subject, request.path_params["grant"]))

    return [
        Route("/auth/apps", refusing(apps), methods=["GET"]),
        Route("/auth/apps/{grant}/revoke", refusing(revoke), methods=["POST"]),
    ]
