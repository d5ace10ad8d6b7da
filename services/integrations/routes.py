"""The routes of one's own connections."""

from typing import Annotated

import msgspec

from contracts.integrations.connections import (
    MOST_ITEMS_SHOWN,
    ConnectionId,
    ConnectionItems,
    ConnectionList,
    NewConnection,
    UserConnection,
    UserConnections,
)
from contracts.routes import Rate, RouteAnswer, RouteCall, RouteSpec

LARGEST_CONNECTION = 8 * 1024
ANSWER_S = 180.0
"""A provider may take 20 s, and reading its calendar the rest on a busy machine."""
SYNCS = Rate(name="connection-syncs", per_minute=10)


class ItemsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How many items are wanted, by their start."""

    first: Annotated[int, msgspec.Meta(ge=1, le=MOST_ITEMS_SHOWN)] = 50


def _connect(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    made = connections.connect(call.caller.subject, call.body)
    return RouteAnswer(value=made, target=made.id)


def _listed(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=connections.connections(call.caller.subject))


def _sync(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=connections.sync(call.caller.subject, call.path["connection"]))


def _items(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    return RouteAnswer(value=connections.items(call.caller.subject, call.path["connection"], call.query.first))


def _disconnect(connections: UserConnections, call: RouteCall) -> RouteAnswer:
    connections.disconnect(call.caller.subject, call.path["connection"])
    return RouteAnswer(value=None, target=call.path["connection"])


ROUTES = (
    RouteSpec(
        method="GET",
        path="/v1/connections",
        name="connections",
        summary="Your calendars and what was read of them.",
        endpoint=_listed,
        answer=ConnectionList,
        refusals=(410,),
    ),
    RouteSpec(
        method="POST",
        path="/v1/connections",
        name="connect",
        summary="Connect a calendar by its secret address and read it.",
        endpoint=_connect,
        body=NewConnection,
        max_bytes=LARGEST_CONNECTION,
        answer=UserConnection,
        status=201,
        says="Connected and read.",
        audit="connect",
        refusals=(409, 410, 502),
        rate=SYNCS,
        answer_s=ANSWER_S,
        asks_others=True,
    ),
    RouteSpec(
        method="POST",
        path="/v1/connections/{connection}/sync",
        name="syncConnection",
        summary="Read a connection now.",
        endpoint=_sync,
        parameters={"connection": ConnectionId},
        answer=UserConnection,
        says="As it is now; what failed is in last_sync.",
        refusals=(404, 409, 410),
        rate=SYNCS,
        answer_s=ANSWER_S,
        asks_others=True,
    ),
    RouteSpec(
        method="GET",
        path="/v1/connections/{connection}/items",
        name="connectionItems",
        summary="What was read of a connection and is not over.",
        endpoint=_items,
        parameters={"connection": ConnectionId},
        query=ItemsQuery,
        answer=ConnectionItems,
        refusals=(404, 410),
    ),
    RouteSpec(
        method="DELETE",
        path="/v1/connections/{connection}",
        name="disconnect",
        summary="Delete a connection with all that was read of it.",
        endpoint=_disconnect,
        parameters={"connection": ConnectionId},
        answer=None,
        status=204,
        audit="disconnect",
        refusals=(404,),
    ),
)
