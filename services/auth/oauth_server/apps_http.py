"""The routes by which users list and revoke the native clients that they allowed."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kit.http.access import known
from kit.http.answers import answering, json_answer
from services.auth.http import own_page
from services.auth.oauth_server.grants import ClientGrants
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import CachingAuth, authenticate


def apps_routes(grants: ClientGrants, auth: CachingAuth, policy: BrowserPolicy) -> list[Route]:
    """Return the routes that list and revoke a user's grants; refusals are application/problem+json."""

    async def apps(request: Request) -> Response:
        caller = known(await authenticate(request.scope, auth, policy))
        return json_answer({"apps": await run_in_threadpool(grants.of_user, caller.subject)})

    async def revoke(request: Request) -> Response:
        caller = known(await authenticate(request.scope, auth, policy))
        if caller.via == "session":
            own_page(request, policy)
        return json_answer(await run_in_threadpool(grants.end, caller.subject, request.path_params["grant"]))

    return [
        Route("/auth/apps", answering(apps), methods=["GET"]),
        Route("/auth/apps/{grant}/revoke", answering(revoke), methods=["POST"]),
    ]
