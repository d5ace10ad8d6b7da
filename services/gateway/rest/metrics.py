"""`GET /metrics`: for admins, and for a scraper with its secret."""

import hmac
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from contracts.access.caller import Role
from contracts.routes import Media, Rate, RouteCall, RouteSpec, Security
from kit.http.access import admin
from kit.http.headers import header_of

KIND = "text/plain; version=0.0.4; charset=utf-8"
SHORTEST = 32
"""Characters of a secret; a shorter one opens nothing."""


class MetricsEndpoint:
    """Answers with the result of `text`, which may read the database; without a long enough `secret` admins alone."""

    def __init__(self, text: Callable[[], bytes], secret: str) -> None:
        self._text, self._secret = text, secret.strip()

    async def answer(self, call: RouteCall) -> Response:
        """Return the figures for an admin or the scraper; raise Unauthenticated or Forbidden for others."""
        if call.visitor is not None or not self._known(header_of(call.request.scope, "authorization") or ""):
            admin(call.visitor, "send an admin's token, or the scraper's secret")
        text = await run_in_threadpool(self._text)
        return Response(text, headers={"cache-control": "no-store", "content-type": KIND})

    def _known(self, given: str) -> bool:
        scheme, _, shown = given.partition(" ")
        matches = hmac.compare_digest(shown.strip().encode("latin-1", "replace"), self._secret.encode())
        return scheme.lower() == "bearer" and len(self._secret) >= SHORTEST and matches


ROUTES = (
    RouteSpec(
        method="GET",
        path="/metrics",
        name="metrics",
        summary="Figures for Prometheus.",
        endpoint=MetricsEndpoint.answer,
        answer=Media(media_type=KIND, says="Text of Prometheus' exposition format."),
        security=Security.SCRAPER,
        role=Role.ADMIN,
        loose=True,
        tagged=False,
        rate=Rate(name="metrics", per_minute=120, under="/metrics"),
    ),
)
