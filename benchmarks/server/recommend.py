"""What `POST /v1/recommend` costs: 50 eligible arms, a warm state, each decision on the disk before it is answered.

usage: python -m benchmarks.server.recommend [--rounds N] [--policy KIND]

Beside it, in turn in one run, a bare Starlette route that reads a JSON body, writes one row of it into the same SQLite
database and answers. Both are called in this process; ours through the whole edge, its telemetry included, and with
another user each time, as who asks often meets a limit. First one request after the other, which gives the times, then
eight at a time, which gives the rates. CPU time is this process's, of all its threads.
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from benchmarks.server.gateway import HOST, built
from contracts.access.caller import Caller, Role
from contracts.tips.catalog import CatalogCell, CatalogTip, TipCatalog
from contracts.tips.recommendations import FeedbackKind, Surface, TipFeedback, TipRequest
from resources.home import Home
from services.gateway.edge.rate_limits import RateLimits, rates_of
from services.gateway.rest.module_routes import RouteGuards, module_routes
from services.recommender.module import RecommenderModule
from services.recommender.routes import ROUTES
from services.recommender.settings import RecommenderTable
from wiring.database import open_database
from wiring.keys import home_keys
from wiring.modules import declared_routes
from wiring.modules.context import module_context
from wiring.modules.traced_bus import build_bus

ARMS, TIPS, AREAS = 50, 4, ("sleep", "work", "food")
USERS, WARM, BLOCK, AT_ONCE = 200, 400, 200, 8
GOAL_P99_MS, GOAL_SHARE = 15.0, 1 / 3
BODY = msgspec.json.encode({"surface": "page", "context": {"area": "work", "locale": "en", "mood": "tired"}})
REQUEST = {"type": "http.request", "body": BODY, "more_body": False}
BARE = "CREATE TABLE bench_rows (id TEXT PRIMARY KEY, at DOUBLE, body BLOB)"


class StandingTips:
    """A catalog of 50 cells that stays as it is."""

    def __init__(self) -> None:
        self.catalog = TipCatalog(tuple(map(self._cell, range(ARMS))), fallback=False)

    def _cell(self, number: int) -> CatalogCell:
        tips = [
            CatalogTip(f"t{number}-{area}-{n}", area, f"Tip {n} about {area}.") for area in AREAS for n in range(TIPS)
        ]
        return CatalogCell("model", f"p{number:02}", tuple(tips), score=number / ARMS)

    def refresh(self) -> bool:
        """Say that nothing was published."""
        return False


@dataclass
class Times:
    """Seconds of each request alone; requests and CPU and clock seconds of those at once, by round."""

    alone: list[float] = field(default_factory=list)
    alone_cpu: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def said(self) -> str:
        """Return the figures on a line."""
        ordered = sorted(self.alone)
        middle, late = (1e3 * ordered[int(len(ordered) * part)] for part in (0.5, 0.99))
        cpu = 1e3 * statistics.median(self.alone_cpu)
        return f"p50 {middle:6.2f} ms  p99 {late:6.2f} ms  {cpu:5.2f} ms CPU  {self.rate:6.0f}/s of {AT_ONCE} at once"

    @property
    def rate(self) -> float:
        """Return requests a second by the clock, the median of the rounds."""
        return statistics.median(self.rates)

    @property
    def cpu_rate(self) -> float:
        """Return requests a CPU second with several at once, the median of the rounds."""
        return statistics.median(self.cpu)


async def post(app: ASGIApp, path: str, token: str) -> None:
    """Send the request and read its answer; raise RuntimeError for another status than 200."""
    statuses: list[int] = []

    async def receive() -> Any:
        return REQUEST

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [
        (b"host", HOST.encode()),
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(BODY)).encode()),
    ]
    scope = {"type": "http", "method": "POST", "path": path, "root_path": "", "scheme": "http", "query_string": b""}
    await app({**scope, "headers": headers, "client": ("127.0.0.1", 1), "server": ("x", 80)}, receive, send)
    if statuses != [200]:
        raise RuntimeError(f"{path} answered {statuses}")


async def block(once: Callable[[], Awaitable[None]], times: Times) -> None:
    """Measure a block of requests alone, and one of several at once."""
    for _ in range(BLOCK):
        cpu, clock = time.process_time(), time.perf_counter()
        await once()
        times.alone.append(time.perf_counter() - clock)
        times.alone_cpu.append(time.process_time() - cpu)

    async def client() -> None:
        for _ in range(BLOCK // AT_ONCE):
            await once()

    cpu, clock = time.process_time(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    times.rates.append(BLOCK / (time.perf_counter() - clock))
    times.cpu.append(BLOCK / (time.process_time() - cpu))


def bare_app(database: sa.Engine) -> ASGIApp:
    """Return an application whose one route writes a row."""
    with database.begin() as connection:
        connection.execute(sa.text(BARE))
    insert = sa.text("INSERT INTO bench_rows VALUES (:id, :at, :body)")

    def write(body: Any) -> str:
        row = {"id": str(uuid.uuid4()), "at": time.time(), "body": msgspec.json.encode(body)}
        with database.begin() as connection:
            connection.execute(insert, row)
        return str(row["id"])

    async def answer(request: Request) -> JSONResponse:
        return JSONResponse({"id": await run_in_threadpool(write, await request.json())})

    return Starlette(routes=[Route("/bare", answer, methods=["POST"])])


def warmed(home: Home, database: sa.Engine, policy: str) -> RecommenderModule:
    """Return the module with 50 cells, and a state of so many tips that were shown, a third of them acted on."""
    keys = home_keys(home)
    context = module_context(home, database, keys.sealer, build_bus(keys.sealer))
    module = RecommenderModule(replace(context, settings=RecommenderTable(policy={"kind": policy})), StandingTips())
    for number in range(WARM):
        user = f"warm-{number}"
        made = module.recommend(user, TipRequest(surface=Surface.PAGE))
        for kind in (FeedbackKind.SHOWN, FeedbackKind.ACTED)[: 1 + (number % 3 == 0)]:
            given = TipFeedback(decision=made.decision, tip=made.tips[0].tip, event=kind, id=f"{number}-{kind}")
            module.feedback(user, given)
    return module


async def measure(ours: Callable[[], Awaitable[None]], bare: Callable[[], Awaitable[None]], rounds: int) -> None:
    """Print both lines and the ratios."""
    found = {"recommend": Times(), "bare route": Times()}
    for number in range(rounds + 1):  # the first is not counted
        for name, once in (("recommend", ours), ("bare route", bare)):
            await block(once, found[name] if number else Times())
    for name, times in found.items():
        print(f"{name:12} {times.said()}")
    own, other = found.values()
    late = 1e3 * sorted(own.alone)[int(len(own.alone) * 0.99)]
    print(f"p99 {late:.1f} ms (goal {GOAL_P99_MS:g}); {own.rate / other.rate:.2f} of the bare rate by the clock,")
    print(f"{own.cpu_rate / other.cpu_rate:.2f} by CPU time (goal {GOAL_SHARE:.2f})")


def main() -> None:
    """Measure one policy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--policy", default="thompson", choices=["random", "epsilon_greedy", "thompson", "linucb"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, built(Path(name)) as (_, token, endpoints, _sections, _caller):
        home = Home(Path(name))
        database = open_database(home, None)
        module, users = warmed(home, database, given.policy), itertools.count()

        def caller_of(_: Any) -> Caller:
            return Caller(f"user-{next(users) % USERS}", Role.USER, "token", "t", 2e9)

        guards = RouteGuards(caller_of=caller_of, lately=lambda _: False, record=lambda *_: None)
        wide = RateLimits(tuple(replace(each, per_minute=10**6) for each in rates_of(declared_routes())))
        app, bare = endpoints.edge(Router([*module_routes(ROUTES, module, guards)]), wide), bare_app(database)
        asyncio.run(
            measure(lambda: post(app, "/v1/recommend", token), lambda: post(bare, "/bare", token), given.rounds)
        )
        database.dispose()


if __name__ == "__main__":
    main()
