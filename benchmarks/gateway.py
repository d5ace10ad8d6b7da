"""What the gateway adds: CPU time a request of /v1/home and /api/bench/experiments, in process, over the bare call.

usage: python -m benchmarks.gateway
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.routing import Router

from contracts.access import Role
from resources.dagster.host import DagsterHost
from resources.dagster.keys import LaunchKeys
from resources.dagster.launches import DagsterLaunches
from services.gateway import rates
from services.gateway.bench import as_printed
from wiring.auth import build_auth
from wiring.database import open_database
from wiring.doors import Doors
from wiring.events import build_events
from wiring.house import build_house, utc_now
from wiring.house_keys import house_keys
from wiring.output import log_progress
from wiring.profile import build_profile
from wiring.settings import read_settings

ORIGIN = "http://127.0.0.1:3999"
ROUNDS, REPEATS = 5, 300
GOAL_MS, GOAL_RATE = 1.0, 300


async def ask(app: Any, path: str, token: str) -> int:
    """The status of one answer."""
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"host", ORIGIN.partition("://")[2].encode()), (b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "scheme": "http", "query_string": b""}
    await app({**scope, "headers": headers, "client": ("127.0.0.1", 1), "server": ("x", 80)}, receive, send)
    return statuses[0]


async def cost_ms(once: Callable[[], Awaitable[Any]]) -> float:
    """CPU milliseconds a call, all threads counted, the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(REPEATS):
            await once()
        best = min(best, (time.process_time() - started) / REPEATS)
    return best * 1e3


async def main(folder: Path) -> None:
    """Print both doors beside their bare calls."""
    settings = read_settings({"TIPBENCH_HOME": str(folder)}, folder, None)
    house = build_house(settings, log_progress)
    database = open_database(settings.home, None)
    keys = house_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    auth = build_auth(settings, database, bus=events.bus)
    profile = build_profile(settings, database, auth, events, keys)
    host = DagsterHost(settings.home, folder / "away.sock")
    launches = DagsterLaunches(house, host, LaunchKeys(database, utc_now), archived=lambda _: False)
    doors = Doors(house, database, auth, launches, ORIGIN, {}, profile=profile)
    app, token = doors.edge(Router(doors.routes())), auth.issue_token(Role.ADMIN, 3600)
    wide = tuple(rates.Rate(each.name, each.prefix, 10**6, each.method) for each in rates.RATES)
    app._rates = rates.RateLimits(wide)  # more than a minute's share is asked for

    async def bare() -> None:
        await asyncio.to_thread(lambda: as_printed(doors.desk.experiments.rows()))

    base = await cost_ms(bare)
    for path, below in (("/v1/home", 0.0), ("/api/bench/experiments", base)):
        if await ask(app, path, token) != 200:
            raise RuntimeError(f"{path} was refused")
        own = await cost_ms(lambda path=path: ask(app, path, token))  # type: ignore[misc]  # mypy knows no default of a lambda
        print(f"{path}: {own:.3f} ms CPU a request, {own - below:.3f} over the bare call (goal {GOAL_MS}),")
        print(f"  {1e3 / own:.0f} requests/s a core without sockets (goal {GOAL_RATE})")
    host.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main(Path(name)))
