"""`GET /metrics`: for admins, and for a scraper with its secret."""

import hmac
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kit.http.access import admin
from kit.http.answers import answering
from kit.http.headers import header_of
from services.gateway.edge.middleware import caller_of

KIND = "text/plain; version=0.0.4; charset=utf-8"
SHORTEST = 32
"""Characters of a secret; a shorter one opens nothing."""


class MetricsEndpoint:
    """Answers with the result of `text`, which may read the database; without a long enough `secret` admins alone."""

    def __init__(self, text: Callable[[], bytes], secret: str) -> None:
        self._text, self._secret = text, secret.strip()

    def route(self) -> Route:
        """Return the route for the application's router."""
        return Route("/metrics", answering(self._answer), methods=["GET"])

    async def _answer(self, request: Request) -> Response:
        caller = caller_of(request.scope)
        if caller is not None or not self._known(header_of(request.scope, "authorization") or ""):
            admin(caller, "send an admin's token, or the scraper's secret")
        text = await run_in_threadpool(self._text)
        return Response(text, headers={"cache-control": "no-store", "content-type": KIND})

    def _known(self, given: str) -> bool:
        scheme, _, shown = given.partition(" ")
        matches = hmac.compare_digest(shown.strip().encode("latin-1", "replace"), self._secret.encode())
        return scheme.lower() == "bearer" and len(self._secret) >= SHORTEST and matches
