import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
import websockets

from api.fields import subscription
from api.schema import build_schema
from api.transport.endpoint import TransportLimits
from contracts.access.caller import Caller, Role
from contracts.benchmark.launches import ProgressEvent
from tests.api.example import Queries
from tests.api.memory_services import MemoryServices
from tests.api.serving import ORIGIN, PROTOCOL, closed, connected, endpoint_of, heard, say, served, until
from tests.deadline import DEADLINE_S

pytestmark = pytest.mark.slow

RUN = 'subscription{runProgress(runId:"run-1"){cursor message}}'
TOKEN = {"token": "token-admin"}
LIMITS = TransportLimits(init_time=DEADLINE_S, live_every=0.05, send_time=DEADLINE_S, operations=3, connections=2)
"""What ends by itself ends late, and what changes is soon seen."""


def _step(number: int, kind: str = "progress") -> ProgressEvent:
    return ProgressEvent(cursor=str(number), at="", kind=kind, message=f"step {number}", status="running")


def _with(services: MemoryServices, act: Callable[[int], Awaitable[Any]], limits: TransportLimits = LIMITS) -> Any:
    async def run() -> Any:
        endpoint = endpoint_of(services, limits)
        async with served(endpoint) as port:
            result = await act(port)
            await until(lambda: not endpoint.connection_slots and not endpoint.half_open.keys())
            assert not endpoint.all_half_open.keys()
            return result

    return asyncio.run(run())


def test_a_run_is_followed_and_resumed_from_a_cursor() -> None:
    """Events in order as they come, complete at the end; a second look starts after the cursor."""
    services = MemoryServices()
    services.launches.steps = [_step(1), _step(2)]

    async def act(port: int) -> None:
        async with connected(port) as socket:
            await say(socket, type="subscribe", id="a", payload={"query": RUN})
            assert [(await heard(socket))["payload"]["data"]["runProgress"]["cursor"] for _ in range(2)] == ["1", "2"]
            services.launches.steps.append(_step(3, "ended"))
            assert (await heard(socket))["payload"]["data"]["runProgress"] == {"cursor": "3", "message": "step 3"}
            assert await heard(socket) == {"type": "complete", "id": "a"}
            query = 'subscription($c:String){runProgress(runId:"run-1",after:$c){cursor}}'
            await say(socket, type="subscribe", id="a", payload={"query": query, "variables": {"c": "2"}})
            assert (await heard(socket))["payload"]["data"]["runProgress"]["cursor"] == "3"

    _with(services, act)


def test_mutations_over_the_websocket_are_refused() -> None:
    """An error for that operation, nothing runs, the socket stays open for queries."""
    services = MemoryServices()

    async def act(port: int) -> None:
        async with connected(port) as socket:
            mutation = 'mutation{rematerialize(experiment:"x"){__typename}}'
            await say(socket, type="subscribe", id="m", payload={"query": mutation})
            message = await heard(socket)
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "BAD_REQUEST")
            await say(socket, type="subscribe", id="m", payload={"query": "{me}"})
            assert (await heard(socket))["payload"]["data"] == {"me": "u-admin"}
            assert (await heard(socket))["type"] == "complete"

    _with(services, act)
    assert (services.launches.launched, services.audit.entries) == ([], [])


def test_a_forbidden_subscription_is_an_error_and_runs_nothing() -> None:
    """FORBIDDEN before the generator starts."""
    services = MemoryServices()

    async def act(port: int) -> None:
        async with connected(port, "token-user") as socket:
            await say(socket, type="subscribe", id="a", payload={"query": RUN})
            message = await heard(socket)
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")

    _with(services, act)


def test_internal_errors_of_a_subscription_are_masked() -> None:
    """No driver text and no address of a database, but an id."""
    services = MemoryServices()

    async def act(port: int) -> None:
        async with connected(port) as socket:
            query = 'subscription{runProgress(runId:"broken"){message}}'
            await say(socket, type="subscribe", id="a", payload={"query": query})
            message = await heard(socket)
            error = message["payload"]["errors"][0] if message["type"] == "next" else message["payload"][0]
            assert error["extensions"]["code"] == "INTERNAL"
            assert "hunter2" not in str(message)

    _with(services, act)


def _first(message: Any, token: str | None = None, limits: TransportLimits = LIMITS) -> tuple[int, str]:
    """How the server ends a connection that says this."""

    async def act(port: int) -> tuple[int, str]:
        async with connected(port, token) as socket:
            await socket.send(message)
            return await closed(socket)

    ended: tuple[int, str] = _with(MemoryServices(), act, limits)
    return ended


@pytest.mark.parametrize(
    "message",
    [
        "[1]",
        "3",
        "null",
        "[" * 50_000,
        "{",
        '{"type":5}',
        '{"type":"what"}',
        b"\x00",
        '{"type":"connection_init","payload":5}',
    ],
)
def test_messages_that_are_none_close_with_4400(message: str | bytes) -> None:
    """A list, a number, endless brackets, no type, an unknown one, a binary frame: a code and no dropped socket."""
    assert _first(message)[0] == 4400


@pytest.mark.parametrize(
    "message",
    [
        '{"type":"subscribe","id":"a","payload":{"query":5}}',
        '{"type":"subscribe","id":"a","payload":[]}',
        '{"type":"subscribe","id":"a"}',
        '{"type":"subscribe","payload":{"query":"{me}"}}',
        '{"type":"subscribe","id":7,"payload":{"query":"{me}"}}',
        '{"type":"complete"}',
    ],
)
def test_operations_of_a_wrong_shape_close_with_4400(message: str) -> None:
    """A query that is a number among them."""
    assert _first(message, "token-admin")[0] == 4400


def test_who_may_not_come_in_is_told_by_the_code() -> None:
    """A bad token 4403, an operation before the acknowledgement 4401, a second init 4429, silence 4408."""
    assert _first('{"type":"connection_init","payload":{"token":"rubbish"}}') == (4403, "Forbidden")
    assert _first('{"type":"connection_init","payload":{"token":5}}')[0] == 4403
    assert _first('{"type":"connection_init"}')[0] == 4403
    assert _first('{"type":"subscribe","id":"a","payload":{"query":"{me}"}}')[0] == 4401
    assert _first('{"type":"connection_init"}', "token-admin")[0] == 4429
    assert _first('{"type":"ping"}', limits=replace(LIMITS, init_time=0.2))[0] == 4408


def test_one_id_is_one_operation() -> None:
    """A second one under the id of a running one ends the connection with 4409."""

    async def act(port: int) -> None:
        async with connected(port) as socket:
            for _ in range(2):
                await say(socket, type="subscribe", id="a", payload={"query": RUN})
            assert (await closed(socket))[0] == 4409

    _with(MemoryServices(), act)


def test_a_ping_has_a_pong() -> None:
    """With its payload."""

    async def act(port: int) -> None:
        async with connected(port) as socket:
            await say(socket, type="ping", payload={"n": 1})
            assert await heard(socket) == {"type": "pong", "payload": {"n": 1}}

    _with(MemoryServices(), act)


def test_only_our_protocol_is_spoken() -> None:
    """The legacy one and none at all end with 4406."""

    async def act(port: int) -> None:
        for offered in (None, [websockets.Subprotocol("graphql-ws")]):
            async with connected(port, None, subprotocols=offered) as socket:
                assert (await closed(socket))[0] == 4406

    _with(MemoryServices(), act)


def test_a_foreign_origin_is_turned_away_before_it_is_accepted() -> None:
    """403 with and without a valid cookie; our page with a cookie comes in, a cookie without an Origin does not."""
    cookie = {"cookie": "session=session-admin"}

    async def act(port: int) -> None:
        for headers in ({}, cookie):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with connected(port, None, origin="http://evil.example", additional_headers=headers):
                    pass
            assert refused.value.response.status_code == 403
        async with connected(port, None, origin=ORIGIN, additional_headers=cookie) as socket:
            await say(socket, type="connection_init")
            assert (await heard(socket))["type"] == "connection_ack"
        async with connected(port, None, additional_headers=cookie) as socket:
            await say(socket, type="connection_init")
            assert (await closed(socket))[0] == 4403
        async with connected(port, None, additional_headers={"authorization": "Bearer token-admin"}) as socket:
            await say(socket, type="connection_init")
            assert (await heard(socket))["type"] == "connection_ack"

    _with(MemoryServices(), act)


def test_a_revoked_session_ends_the_connection() -> None:
    """4401 within a check, and the operation's generator is closed."""
    services = MemoryServices()

    async def act(port: int) -> None:
        async with connected(port) as socket:
            await say(socket, type="subscribe", id="a", payload={"query": RUN})
            services.auth.revoked.add("t-admin")
            assert await closed(socket) == (4401, "Session revoked")

    _with(services, act)


def test_an_expired_token_ends_the_connection() -> None:
    """4401 at its time, without a further check of the store."""
    services = MemoryServices()
    services.now = 0.0
    services.auth.callers["token-brief"] = Caller("u-brief", Role.ADMIN, "token", "t-brief", 1.0)

    async def act(port: int) -> None:
        async with connected(port, "token-brief") as socket:
            services.now = 1.0
            assert await closed(socket) == (4401, "Token expired")

    _with(services, act)


def test_a_store_that_is_away_ends_the_connection_for_now() -> None:
    """1013: nobody keeps the old role."""
    services = MemoryServices()

    async def act(port: int) -> None:
        async with connected(port) as socket:
            services.auth.away = True
            assert (await closed(socket))[0] == 1013

    _with(services, act)


def test_while_the_store_is_away_nobody_is_taken_for_nobody() -> None:
    """1013 and not 4403, by the token of the handshake and by that of the first message."""
    services = MemoryServices()
    services.auth.away = True

    async def act(port: int) -> None:
        for more, payload in (({"additional_headers": {"authorization": "Bearer token-admin"}}, {}), ({}, TOKEN)):
            async with connected(port, None, **more) as socket:
                await say(socket, type="connection_init", payload=payload)
                assert (await closed(socket))[0] == 1013

    _with(services, act)


def test_connections_and_operations_are_counted() -> None:
    """A third connection of one caller ends with 4429; a fourth operation is an error and the rest go on."""

    async def act(port: int) -> None:
        async with connected(port) as one, connected(port):
            async with connected(port, None) as third:
                await say(third, type="connection_init", payload={"token": "token-admin"})
                assert await closed(third) == (4429, "Too many connections")
            for name in "abcd":
                await say(one, type="subscribe", id=name, payload={"query": RUN})
            message = await heard(one)
            assert (message["id"], message["payload"][0]["extensions"]["code"]) == ("d", "RATE_LIMITED")

    _with(MemoryServices(), act, TransportLimits(operations=3, connections=2))


def test_half_open_connections_lock_nobody_out() -> None:
    """The oldest gives way to a new one; who says a token, or came with one, has places of its own."""

    async def act(port: int) -> None:
        async with AsyncExitStack() as opened:
            silent = [await opened.enter_async_context(connected(port, None)) for _ in range(2)]
            for _ in range(20):
                silent.append(await opened.enter_async_context(connected(port, None)))
                assert await closed(silent[-3]) == (4429, "Too many connections")
            late = await opened.enter_async_context(connected(port, None))
            await say(late, type="connection_init", payload=TOKEN)
            assert (await heard(late))["type"] == "connection_ack"
            known = await opened.enter_async_context(connected(port))
            await say(known, type="ping")
            assert (await heard(known))["type"] == "pong"
            await say(silent[-1], type="ping")
            assert (await heard(silent[-1]))["type"] == "pong"

    _with(MemoryServices(), act)


def test_all_callers_share_the_places_of_all() -> None:
    """Where they are taken, who has most loses its oldest to who has none; half-open ones of all are bounded too."""

    async def act(port: int) -> None:
        async with AsyncExitStack() as opened:
            silent = [await opened.enter_async_context(connected(port, None)) for _ in range(2)]
            assert await closed(silent[0]) == (4429, "Too many connections")
            many = [await opened.enter_async_context(connected(port)) for _ in range(2)]
            user = await opened.enter_async_context(connected(port, "token-user"))
            assert await closed(many[0]) == (4429, "Too many connections")
            for socket in (many[1], user):
                await say(socket, type="ping")
                assert (await heard(socket))["type"] == "pong"
            judge = await opened.enter_async_context(connected(port, None))
            await say(judge, type="connection_init", payload={"token": "token-judge"})
            assert await closed(judge) == (4429, "Too many connections")

    _with(MemoryServices(), act, replace(LIMITS, streams=2, half_open=1))


class _Flood:
    """A subscription that would send 100 KB for ever."""

    sent = 0
    ended = False

    @subscription(Role.USER, "Much.")
    async def flood(self) -> AsyncIterator[str]:
        """As fast as it is taken."""
        try:
            while _Flood.sent < 20_000:
                _Flood.sent += 1
                yield "x" * 100_000
        finally:
            _Flood.ended = True


def test_a_reader_that_never_reads_stops_the_generator_and_loses_its_slot() -> None:
    """Back-pressure after a few events, and after the send limit the operation is closed; no compression to hide it."""

    async def run() -> None:
        schema = build_schema([Queries], subscriptions=[_Flood])
        endpoint = endpoint_of(MemoryServices(), replace(LIMITS, send_time=0.5), schema)
        async with served(endpoint) as port, connected(port, max_queue=1) as socket:
            await say(socket, type="subscribe", id="a", payload={"query": "subscription{flood}"})
            await until(lambda: _Flood.ended and not endpoint.connection_slots)
            assert 1 < _Flood.sent < 500
            socket.transport.abort()

    asyncio.run(run())


def test_each_operation_reads_afresh() -> None:
    """Loaders of one operation serve no other on the same socket."""
    services = MemoryServices()

    async def act(port: int) -> int:
        async with connected(port, subprotocols=[PROTOCOL]) as socket:
            for _ in range(2):
                await say(
                    socket, type="subscribe", id="a", payload={"query": "{experiments(first:6){nodes{base{name}}}}"}
                )
                assert (await heard(socket))["type"] == "next"
                assert (await heard(socket))["type"] == "complete"
        return sum(isinstance(requested, list) for requested in services.experiments.requested)

    assert _with(services, act) == 2
