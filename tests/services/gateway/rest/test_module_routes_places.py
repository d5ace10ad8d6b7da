"""Requests to routes of modules, of which one caller sends more than there are threads."""

import asyncio
from threading import Event, Lock
from typing import Any

import httpx
from starlette.routing import Router

from contracts.access.caller import Caller, Role
from contracts.routes import RouteAnswer, RouteCall, RouteSpec
from kit.http.caller_places import EACH
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from tests.deadline import DEADLINE_S
from tests.services.gateway.declared import routes_of

HOST = "127.0.0.1:3000"
MANY = 60
"""More than the 40 threads that all requests share."""


class _Slow:
    """A service whose answers to one caller wait for a gate, as while its database is slow."""

    def __init__(self) -> None:
        self.gate, self._lock, self.now, self.most = Event(), Lock(), 0, 0

    def answer(self, call: RouteCall) -> RouteAnswer:
        """Who asks, once the gate is open for the one who asks much."""
        if call.caller.subject == "greedy":
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


def test_others_are_answered_while_one_caller_waits_for_threads() -> None:
    """Of its sixty requests eight are worked on at a time, and all are answered in the end."""

    async def found(scope: Any) -> Caller:
        name = dict(scope["headers"])[b"x-name"].decode()
        return Caller(name, Role.USER, "token", name, 1e12)

    async def run() -> None:
        slow = _Slow()
        app = EdgeMiddleware(
            Router(routes_of([SPEC], slow)),
            EdgeRules(frozenset({HOST}), answer_s=DEADLINE_S),
            authenticate=found,
            may_change=lambda *_: True,
            new_id=lambda: "made-here",
        )
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}")
        async with client:
            greedy = [asyncio.create_task(client.get("/v1/slow", headers={"x-name": "greedy"})) for _ in range(MANY)]
            await asyncio.sleep(0)
            other = await client.get("/v1/slow", headers={"x-name": "other"})
            assert (other.status_code, other.json()) == (200, {"of": "other"})
            assert not any(each.done() for each in greedy)
            slow.gate.set()
            answers = await asyncio.gather(*greedy)
        assert {answer.status_code for answer in answers} == {200}
        assert slow.most <= EACH

    asyncio.run(run())
