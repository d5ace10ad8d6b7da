"""Refuses what callers would store while little is left of the disk: each is bounded, and all of them are here."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.access.caller import Role
from contracts.refusals import Unavailable
from services.gateway.edge.middleware import caller_of

STORING = ("/v1/", "/uploads/", "/webhooks/", "/auth/token", "/auth/authorize")
"""Paths below which a request may leave something for long. GraphQL asks before each mutation, auth before it begins a
session: only they know whether an admin asks."""
FREEING = "/erase"
"""How a path ends that deletes what is stored of a user."""
READING = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})
SAID = "little is left of the disk: ask again once an admin has made room"


class ReserveMiddleware:
    """Wraps what is behind the edge; `has_capacity` is asked before a request that stores and at each part of its body.

    Admins go on, since it is they who make room.
    """

    def __init__(self, app: ASGIApp, has_capacity: Callable[[], bool]) -> None:
        self._app, self._has_capacity = app, has_capacity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on; raise Unavailable, which the edge answers."""
        if not _stores(scope):
            await self._app(scope, receive, send)
            return

        async def receiving() -> Message:
            message = await receive()
            if message.get("body"):
                self._hold()
            return message

        self._hold()
        await self._app(scope, receiving, send)

    def _hold(self) -> None:
        if not self._has_capacity():
            raise Unavailable(SAID)


def _stores(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] in READING:
        return False
    caller = caller_of(scope)
    admin = caller is not None and caller.role >= Role.ADMIN
    path = scope["path"]
    return not admin and path.startswith(STORING) and not path.endswith(FREEING)
