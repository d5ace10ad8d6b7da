"""Requests to routes of modules, of which callers send more than there are threads."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from threading import Event, Lock
from typing import Any

import httpx
from starlette.routing import Router

from contracts.access.caller import Caller, Role
from contracts.routes import RouteAnswer, RouteCall, RouteSpec
from kit.http.caller_places import EACH
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.rest.module_routes import ASKING_EACH, ASKING_MOST
from tests.deadline import DEADLINE_S
from tests.services.gateway.declared import routes_of

HOST = "127.0.0.1:3000"
MANY = 60
"""More than the 40 threads that all requests share."""


class _Slow:
    """A service whose answers to some callers wait for a gate, as while its database or a server elsewhere is slow."""

    def __init__(self) -> None:
        self.gate, self._lock, self.now, self.most = Event(), Lock(), 0, 0

    def answer(self, call: RouteCall) -> RouteAnswer:
        """Who asks, once the gate is open for those who ask much."""
        if call.caller.subject.startswith("greedy"):
            with self._lock:
                self.now += 1
                self.most = max(self.most, self.now)
            self.gate.wait(DEADLINE_S)
            with self._lock:
                self.now -= 1
        return RouteAnswer(value={"of": call.caller.subject})


SPEC = RouteSpec(
    method="GET",
    path="/v1/slow",
    name="slow",
    summary="Slow.",
    endpoint=lambda service, call: service.answer(call),
    answer=dict[str, str],
)
ASKING = replace(SPEC, path="/v1/asking", name="asking", asks_others=True)


async def _found(scope: Any) -> Caller:
    name = dict(scope["headers"])[b"x-name"].decode()
    return Caller(name, Role.USER, "token", name, 1e12)


def _site(slow: _Slow) -> httpx.AsyncClient:
    app = EdgeMiddleware(
        Router(routes_of([SPEC, ASKING], slow)),
        EdgeRules(frozenset({HOST}), answer_s=DEADLINE_S),
        authenticate=_found,
        may_change=lambda *_: True,
        new_id=lambda: "made-here",
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}")


def _most_at_once(path: str, greedy: Sequence[str]) -> int:
    """How many of the greedy callers' requests ran at a time while another one's was answered beside them."""
    slow = _Slow()

    async def run() -> None:
        async with _site(slow) as client:
            waiting = [asyncio.create_task(client.get(path, headers={"x-name": name})) for name in greedy]
            await asyncio.sleep(0)
            other = await client.get("/v1/slow", headers={"x-name": "other"})
            assert (other.status_code, other.json()) == (200, {"of": "other"})
            assert not any(each.done() for each in waiting)
            slow.gate.set()
            assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}

    asyncio.run(run())
    return slow.most


def test_others_are_answered_while_one_caller_waits_for_threads() -> None:
    """Of its sixty requests eight are worked on at a time, and all are answered in the end."""
    assert _most_at_once("/v1/slow", ["greedy"] * MANY) <= EACH


def test_others_are_answered_while_many_callers_wait_for_servers_elsewhere() -> None:
    """Of sixty callers' requests to such a route as many run as may, of one caller's two, and all are answered."""
    assert _most_at_once("/v1/asking", [f"greedy {number}" for number in range(MANY)]) <= ASKING_MOST
    assert _most_at_once("/v1/asking", ["greedy"] * MANY) <= ASKING_EACH
