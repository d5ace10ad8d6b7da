"""Integrations' part of the app's first screen."""

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool

from contracts.access.caller import Caller
from contracts.integrations.connections import ConnectionState, UserConnections


class ConnectionsSection(msgspec.Struct, frozen=True):
    """How many connections there are, and how many of them need their user."""

    connected: int
    reconnect: int


class ConnectionsHome:
    """Implements contracts.modules.home.HomeSection."""

    def __init__(self, connections: UserConnections) -> None:
        self._connections = connections

    async def __call__(self, caller: Caller, budget_s: float, /) -> Any:  # noqa: ARG002  # a read of few rows
        """What the caller's screen shows."""
        known = (await run_in_threadpool(self._connections.connections, caller.subject)).connections
        lost = sum(each.state is ConnectionState.RECONNECT for each in known)
        return ConnectionsSection(len(known), lost)
