"""The app's first screen."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.routing import Router

from contracts.access.caller import Caller
from contracts.modules.home import HomeSection
from contracts.refusals import Unavailable
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.rest.home import MARGIN_S, ROUTES, HomeEndpoint
from tests.services.gateway.declared import routes_of
from tests.services.gateway.recording_app import ORIGIN, caller_of
from tests.virtual_time import run_in_virtual_time

BUDGET_S = 0.3
SECTIONS = ("profile", "tips", "connections", "notifications")


async def fine(caller: Caller, budget_s: float) -> Any:
    """Says who asks."""
    assert budget_s <= BUDGET_S - MARGIN_S
    return {"of": caller.subject}


async def slow(_: Caller, budget_s: float) -> Any:
    """Takes longer than it has."""
    await asyncio.sleep(budget_s + 30)


async def away(_: Caller, budget_s: float) -> Any:
    """Refuses."""
    raise Unavailable(f"the store is away, {budget_s} s left")


async def broken(_: Caller, budget_s: float) -> Any:
    """Has a defect with a value in its message."""
    raise KeyError("somebody's name", budget_s)


def _now() -> float:
    return asyncio.get_running_loop().time()


def ask(modules: dict[str, HomeSection | None], who: str = "user", **headers: str) -> httpx.Response:
    """GET /v1/home behind the edge, answered within its budget of virtual time."""
    endpoint = HomeEndpoint(modules, clock=_now, budget_s=BUDGET_S)

    async def found(scope: Any) -> Any:
        return caller_of(scope)

    rules = EdgeRules(frozenset({ORIGIN.partition("://")[2]}))
    app = EdgeMiddleware(
        Router(routes_of(ROUTES, endpoint)),
        rules,
        authenticate=found,
        may_change=lambda *_: True,
        new_id=lambda: "id-of-it",
    )

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            sent = {"x-who": who, **{name.replace("_", "-"): value for name, value in headers.items()}}
            answer = await client.get("/v1/home", headers=sent)
            assert _now() <= BUDGET_S
            return answer

    return run_in_virtual_time(go())


def test_a_module_that_is_not_there_is_said_to_be() -> None:
    """Without any module every section is unavailable with a reason; nothing of it may be kept."""
    answer = ask(dict.fromkeys(SECTIONS))
    assert answer.json() == {
        "complete": False,
        "sections": {name: {"status": "unavailable", "reason": "NOT_BUILT", "data": None} for name in SECTIONS},
    }
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-store"


def test_one_section_takes_nothing_from_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """Slow, refusing and broken ones are marked within the budget; what is there is shown, without ETag."""
    answer = ask({"profile": fine, "tips": slow, "connections": away, "notifications": broken})
    sections = answer.json()["sections"]
    assert sections["profile"] == {"status": "ok", "reason": None, "data": {"of": "u-user"}}
    assert [sections[name]["reason"] for name in SECTIONS] == [None, "TIMEOUT", "UNAVAILABLE", "INTERNAL"]
    assert "etag" not in answer.headers
    assert "somebody" not in answer.text + caplog.text
    assert "id-of-it: section notifications failed: KeyError" in caplog.text


def test_a_whole_screen_has_an_etag() -> None:
    """And 304 for the client that has it; another user's is another."""
    modules: dict[str, HomeSection | None] = dict.fromkeys(SECTIONS, fine)
    first = ask(modules)
    assert first.json()["complete"] is True
    assert ask(modules, if_none_match=first.headers["etag"]).status_code == 304
    assert ask(modules, "judge", if_none_match=first.headers["etag"]).json()["sections"]["tips"]["data"] == {
        "of": "u-judge"
    }


def test_nobody_has_no_screen() -> None:
    """401."""
    assert ask({}, "").json()["code"] == "UNAUTHENTICATED"
