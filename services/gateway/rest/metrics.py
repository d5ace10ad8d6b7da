"""`GET /metrics`: for admins, and for a scraper that shows the secret made for it; nobody else."""

import hmac
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.access.caller import Role
from services.gateway.edge.middleware import caller_of
from services.gateway.rest.responses import problem

KIND = "text/plain; version=0.0.4; charset=utf-8"
SHORTEST = 32
"""Characters of a secret; a shorter one opens nothing."""


class MetricsEndpoint:
    """Answers with `text`, which may ask the database; `secret` is compared in constant time, none opens nothing."""

    def __init__(self, text: Callable[[], bytes], secret: str) -> None:
        self._text, self._secret = text, secret.strip()

    def route(self) -> Route:
        """Return the route for the application's router."""
        return Route("/metrics", self._answer, methods=["GET"])

    async def _answer(self, request: Request) -> Response:
        caller = caller_of(request.scope)
        if caller is None and not self._known(request.headers.get("authorization", "")):
            answer = problem(401, "UNAUTHENTICATED", "send an admin's token, or the scraper's secret")
            answer.headers["www-authenticate"] = "Bearer"
            return answer
        if caller is not None and caller.role < Role.ADMIN:
            return problem(403, "FORBIDDEN", "this is for admins")
        text = await run_in_threadpool(self._text)
        return Response(text, headers={"cache-control": "no-store", "content-type": KIND})

    def _known(self, given: str) -> bool:
        scheme, _, shown = given.partition(" ")
        matches = hmac.compare_digest(shown.strip().encode("latin-1", "replace"), self._secret.encode())
        return scheme.lower() == "bearer" and len(self._secret) >= SHORTEST and matches
