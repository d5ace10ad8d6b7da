"""Refusals are answered at a pace, and nothing else waits for it."""

import asyncio
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Scope

from services.gateway.edge import refusal_pace
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.edge.rate_limits import RateLimits, WindowRate
from services.gateway.edge.refusal_pace import BURST, LAST, LONGEST_S, MOST_WAITING, PACED, RATE, RefusalPace
from tests.virtual_time import run_in_virtual_time

HOST = "127.0.0.1:3000"
FOREIGN = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
SENT = 250


async def public(_: Request) -> Response:
    """A document that anybody may read."""
    return Response("read")


async def proved(request: Request) -> Response:
    """One link is valid, all others are not."""
    return Response("", 200 if request.path_params["link"] == "valid" else 404)


def edge() -> EdgeMiddleware:
    """The edge around both; more than a minute's failures are 429."""
    routes = [Route("/public", public), Route("/link/{link}", proved)]
    rates = RateLimits((WindowRate("reads", "/public", 10_000), WindowRate("links", "/link/", 10, failures=True)))
    loop = asyncio.get_running_loop()
    return EdgeMiddleware(
        Router(routes),
        EdgeRules(frozenset({HOST})),
        authenticate=_nobody,
        may_change=lambda _, __: False,
        new_id=lambda: "made-here",
        rates=rates,
        pace=RefusalPace(clock=loop.time),
    )


async def _nobody(_: Scope) -> None:
    return None


async def statuses(client: httpx.AsyncClient, path: str, number: int, **headers: str) -> list[int]:
    """What so many requests at once are answered."""
    answers = await asyncio.gather(*(client.get(path, headers=headers) for _ in range(number)))
    return [answer.status_code for answer in answers]


def through(app: Any) -> httpx.AsyncClient:
    """A client of the app, all of whose requests come from one address."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{HOST}")


def test_what_another_site_causes_is_refused_at_a_pace() -> None:
    """All of 250 are 403, the last when the pace has come to it; the person at that address is answered meanwhile."""

    async def run() -> None:
        async with through(edge()) as client:
            loop = asyncio.get_running_loop()
            refused = asyncio.create_task(statuses(client, "/public", SENT, **FOREIGN))
            await asyncio.sleep(1.0)
            assert await statuses(client, "/public", SENT) == [200] * SENT
            assert loop.time() == 1.0
            assert await refused == [403] * SENT
            assert round(loop.time(), 6) == (SENT - BURST) / RATE

    run_in_virtual_time(run())


def test_what_proves_nothing_is_refused_at_a_pace() -> None:
    """Guessed links are 404, then 429, as fast as the pace; a valid one is taken without waiting for them."""

    async def run() -> None:
        async with through(edge()) as client:
            loop = asyncio.get_running_loop()
            guessed = asyncio.create_task(statuses(client, "/link/guessed", SENT))
            await asyncio.sleep(1.0)
            assert await statuses(client, "/link/valid", 1) == [200]
            assert loop.time() == 1.0
            assert sorted(await guessed) == [404] * 10 + [429] * (SENT - 10)
            assert round(loop.time(), 6) == (SENT - BURST) / RATE

    run_in_virtual_time(run())


def test_refusals_that_wait_are_bounded(monkeypatch: Any) -> None:
    """One more of a caller, or of all, is answered at once, counts, and is the last; places are free afterwards."""
    gate = asyncio.Event()

    async def until_open(_: float) -> None:
        await gate.wait()

    async def run() -> None:
        pace = RefusalPace(1.0, 1.0, clock=lambda: 0.0, sleep=until_open)
        scopes: list[Scope] = [{} for _ in range(MOST_WAITING + 2)]
        waiting = [asyncio.create_task(pace.wait(scope, "a")) for scope in scopes[:-1]]
        await asyncio.sleep(0)
        assert pace.waiting == {"a": MOST_WAITING}
        await pace.wait(scopes[-1], "a")
        monkeypatch.setattr(refusal_pace, "MOST_IN_ALL", MOST_WAITING)
        await pace.wait(scopes[-1], "b")
        assert [scope[PACED] for scope in scopes] == [False] + [True] * (MOST_WAITING + 1)
        assert [scope[LAST] for scope in scopes] == [False] * (MOST_WAITING + 1) + [True]
        gate.set()
        await asyncio.gather(*waiting)
        assert pace.waiting == {}

    asyncio.run(run())


def test_what_is_beyond_the_places_ends_its_connection() -> None:
    """A caller's 400 refusals at once: those that wait are answered in turn, the others say that they are the last."""

    async def run() -> None:
        async with through(edge()) as client:
            answers = await asyncio.gather(*(client.get("/public", headers=FOREIGN) for _ in range(400)))
            closing = [answer for answer in answers if answer.headers.get("connection") == "close"]
            assert {answer.status_code for answer in answers} == {403}
            assert abs(len(closing) - (400 - BURST - MOST_WAITING)) <= 1
            assert asyncio.get_running_loop().time() <= LONGEST_S

    run_in_virtual_time(run())


def test_what_is_beyond_the_places_counts() -> None:
    """The next refusal waits behind those that ended their connections too, and never longer than the longest wait."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        pace = RefusalPace(clock=loop.time)
        waiting = [asyncio.create_task(pace.wait({}, "a")) for _ in range(5_000)]
        await asyncio.gather(*waiting)
        began = loop.time()
        await pace.wait({}, "a")
        assert began < LONGEST_S
        assert round(loop.time(), 6) == LONGEST_S + 1 / RATE

    run_in_virtual_time(run())
