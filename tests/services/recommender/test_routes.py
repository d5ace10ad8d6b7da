"""The endpoints of tips, for callers whom the edge has found, in this process and over HTTP."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from contracts.access.caller import Caller, Role
from contracts.refusals import Unavailable
from services.gateway.edge.idempotency import IdempotencyMiddleware
from services.gateway.edge.idempotency_store import IdempotencyStore
from services.gateway.edge.middleware import CALLER
from services.gateway.edge.route_templates import Templates
from services.gateway.rest.module_routes import RouteGuards, module_routes
from services.recommender.module import RecommenderModule
from services.recommender.routes import LARGEST_REQUEST, ROUTES
from services.recommender.settings import RecommenderTable
from services.recommender.tables import DECISIONS
from tests.services.recommender.world import CATALOG, StandingTips, World
from tests.serving import served_over_http


class Asking:
    """The endpoints of a service."""

    def __init__(self, service: Any) -> None:
        guards = RouteGuards(caller_of=_caller, lately=lambda _: True, record=lambda *_: None)
        self._app = Router(module_routes(ROUTES, service, guards))

    def __call__(self, path: str, who: str = "user-a", **given: Any) -> httpx.Response:
        """Send one request."""

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.post(path, headers={"x-who": who, "content-type": "application/json"}, **given)

        return asyncio.run(go())


def _caller(scope: Scope) -> Caller:
    who = dict(scope["headers"]).get(b"x-who", b"").decode()
    return Caller(who, Role.USER, "session", f"session-{who}", 2e9)


@pytest.fixture(params=["here", "served"])
def asking(request: pytest.FixtureRequest, here: World) -> Iterator[Asking]:
    """The module of this process, and one that is asked over HTTP."""
    with ExitStack() as wall:
        service: Any = here.recommender
        if request.param == "served":
            service = wall.enter_context(served_over_http("recommender", service, here.clock, Unavailable))
        yield Asking(service)


def test_a_tip_is_asked_for_and_reported(asking: Asking) -> None:
    """The answer has the fields of the contract; feedback is 204, then the first receipt again."""
    made = asking("/v1/recommend", json={"surface": "home", "context": {"area": "sleep"}, "k": 2})
    assert made.status_code == 200
    body = made.json()
    assert list(body) == ["decision", "tips", "policy", "fallback", "reasons"]
    assert {tuple(tip) for tip in body["tips"]} == {("tip", "text", "cell", "reason")}
    assert (list(body["tips"][0]["cell"]), list(body["policy"])) == (["model", "prompt"], ["name", "hash"])
    said = {"decision": body["decision"], "tip": body["tips"][1]["tip"], "event": "rated", "value": 5, "id": "a-1"}
    first = asking("/v1/feedback", json=said)
    assert (first.status_code, first.content) == (204, b"")
    again = asking("/v1/feedback", json=said)
    assert (again.status_code, again.json() | {"at": ""}) == (
        200,
        {"id": "a-1", "decision": said["decision"], "tip": said["tip"], "event": "rated", "at": ""},
    )
    assert asking("/v1/feedback", json=said | {"value": 1}).status_code == 409
    assert asking("/v1/feedback", "user-b", json=said).status_code == 404
    assert asking("/v1/feedback", "user-b", json=said | {"decision": "never"}).status_code == 404
    assert asking("/recommend", json={"surface": "page"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"surface": "billboard"}', 422),
        (b'{"surface": "home", "k": 0}', 422),
        (b'{"surface": "home", "k": 11}', 422),
        (b'{"surface": "home", "user": "user-b"}', 422),
        (b'{"surface": "home", "context": []}', 422),
        (b'{"surface": "home", "context": {"area": "no-such"}}', 422),
        (b'{"surface": "home", "context": {"a": ' + b"[" * 9 + b"]" * 9 + b"}}", 422),
        (b'{"surface": "home", "context": {"a": ' + b"[" * 7_000 + b"]" * 7_000 + b"}}", 400),
        (b'{"surface": "home", "context": {"a": "' + b"x" * 9_000 + b'"}}', 422),
        (b'{"surface": "home", "context": {"a": "' + b"x" * LARGEST_REQUEST + b'"}}', 413),
        (b"{", 400),
    ],
)
def test_what_cannot_be_is_refused_and_logs_nothing(here: World, body: bytes, status: int) -> None:
    """One problem with a code, and no decision."""
    answer = Asking(here.recommender)("/v1/recommend", content=body)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert here.rows(DECISIONS) == []


def test_a_repeat_knows_nothing_of_a_calendar(here: World) -> None:
    """Whoever sends a key again gets the same decision without the hour: the calendar may be disconnected by then."""

    class Connected:
        """Implements contracts.integrations.calendar_time.CalendarTime: the next hour is free."""

        def free_hour(self, _: Any, user: str, __: Any, now: float) -> float:
            """Return it."""
            assert user == "user-a"
            return now + 3_600.0

    context = here.context(RecommenderTable())
    service = RecommenderModule(context, StandingTips(CATALOG), calendars=Connected())
    guards = RouteGuards(caller_of=_caller, lately=lambda _: True, record=lambda *_: None)
    app = IdempotencyMiddleware(
        Router(routes := module_routes(ROUTES, service, guards)),
        IdempotencyStore(here.engine, here.sealer, here.clock),
        Templates(routes),
        frozenset({"POST /v1/recommend"}),
    )

    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, CALLER: _caller(scope)}, receive, send)

    async def go() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=known)
        headers = {"x-who": "user-a", "idempotency-key": "again"}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
            return [await client.post("/v1/recommend", json={"surface": "page", "k": 2}) for _ in range(2)]

    first, again = asyncio.run(go())
    assert all("your calendar is free" in tip["reason"] for tip in first.json()["tips"])
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    assert "calendar" not in again.text
    assert again.json()["decision"] == first.json()["decision"]
    assert len(here.rows(DECISIONS)) == 1
