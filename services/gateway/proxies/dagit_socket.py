"""Dagit's websocket behind the proxy: the Origin is checked before it is accepted; it carries subscriptions only."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.access.caller import Caller
from contracts.refusals import Refusal, Unavailable
from kit.http.headers import headers_of
from services.gateway.edge.guards import CallerOf, admitted, from_here
from services.gateway.proxies.graphql_documents import UnreadableDocument, kinds, read_document

IsLive = Callable[[Caller], bool]
"""Whether a credential still counts and its role is unchanged; blocking."""

LOOK_AGAIN_S = 1.0
LONGEST = 100_000


class DagitSocket:
    """Forwards a websocket for as long as its caller stays an admin."""

    def __init__(self, caller_of: CallerOf, is_live: IsLive, origin: str) -> None:
        self._caller_of, self._is_live, self._origin = caller_of, is_live, origin

    async def __call__(self, app: ASGIApp | None, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection; 403 before the handshake for whoever may not, 4401 when the session ends."""
        caller = await self._admitted(scope)
        if app is None or caller is None:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        serving = asyncio.ensure_future(app(scope, _only_subscriptions(receive), send))
        telemetry = asyncio.ensure_future(self._until_disconnected(caller))
        done, pending = await asyncio.wait({serving, telemetry}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if serving in done:
            serving.result()
        else:
            await send({"type": "websocket.close", "code": 4401})

    async def _admitted(self, scope: Scope) -> Caller | None:
        """Return the admin whose page of ours opens the socket, None for any other."""
        try:
            caller = await admitted(scope, self._caller_of)
            fit = scope["path"] == "/dagster/graphql" and from_here(headers_of(scope), self._origin)
        except Refusal:
            return None
        return caller if fit else None

    async def _until_disconnected(self, caller: Caller) -> None:
        """Wait until the credential no longer counts, or cannot be checked."""
        with suppress(Unavailable):
            while True:
                await asyncio.sleep(LOOK_AGAIN_S)
                if not await asyncio.to_thread(self._is_live, caller):
                    return


def _only_subscriptions(receive: Receive) -> Receive:
    """End the connection at the first message that is anything but the protocol's own or a subscription."""

    async def checked() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive" and not _is_fit(message.get("text")):
            return {"type": "websocket.disconnect", "code": 1008}
        return message

    return checked


def _is_fit(text: str | None) -> bool:
    if text is None or len(text) > LONGEST:
        return False
    try:
        given: Any = json.loads(text)
        if not isinstance(given, dict):
            return False
        if given.get("type") != "start":
            return given.get("type") in {"connection_init", "connection_terminate", "stop"}
        payload = given.get("payload")
        query = payload.get("query") if isinstance(payload, dict) else None
        return isinstance(query, str) and kinds(read_document(query)) == {"subscription"}
    except (ValueError, RecursionError, UnreadableDocument):
        return False
