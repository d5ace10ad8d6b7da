"""What the gateway adds: CPU time of a request of /v1/home and /api/bench/experiments over the bare calls behind it.

usage: python -m benchmarks.server.gateway
Sections of the screen that no module fills yet are filled by one that reads a row of the same SQLite database. First in
process, then over HTTP from a client in another process. CPU time is this process's, of all its threads, so that
neither the client nor what else the machine does is in it.
"""

import asyncio
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvicorn
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from contracts.access.caller import Caller, Role
from contracts.modules.home import HomeSection
from kit.sql.sessions import reading
from resources.dagster.host import DagsterHost
from resources.telemetry.log_lines import logging_to
from services.gateway.edge.middleware import caller_of
from services.gateway.edge.rate_limits import RateLimits, rates_of
from services.gateway.rest.home import ROUTES, HomeEndpoint
from services.gateway.rest.module_routes import RouteGuards, module_routes
from services.gateway.rest.route_answers import as_printed
from wiring.bench_context import build_bench_context
from wiring.cli.progress import log_progress
from wiring.container import Container
from wiring.database import open_database
from wiring.keys import home_keys
from wiring.launches import build_launches
from wiring.modules import declared_routes
from wiring.modules.auth import build_auth
from wiring.modules.events import build_events
from wiring.modules.running import build_modules
from wiring.server.endpoints import Endpoints
from wiring.server.graceful_server import server_config
from wiring.server.telemetry import build_telemetry
from wiring.settings import read_settings

ORIGIN = "http://127.0.0.1:3999"
HOST = ORIGIN.partition("://")[2]
ROUNDS, REPEATS = 5, 300
CLIENTS, REQUESTS = 8, 2_000
GOAL_MS, GOAL_RATE = 1.0, 300


Sections = dict[str, HomeSection]


class Row:
    """A module of the screen: one read by key, in a thread as modules do theirs."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    async def __call__(self, caller: Caller, _: float) -> Any:
        """The caller's row."""
        return await asyncio.to_thread(self.read, caller.subject)

    def read(self, user: str) -> dict[str, Any]:
        """As far as the screen shows it."""
        query = sa.text("SELECT id, role FROM auth_users WHERE id = :user")
        with reading(self._database) as connection:
            row = connection.execute(query, {"user": user}).first()
        return {} if row is None else {"id": row.id, "role": row.role}


async def ask(app: ASGIApp, path: str, token: str) -> int:
    """The status of one answer."""
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"host", HOST.encode()), (b"authorization", f"Bearer {token}".encode())]
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


@contextmanager
def built(folder: Path) -> Iterator[tuple[ASGIApp, str, Endpoints, Sections, Caller]]:
    """The watched endpoints with every section filled, an admin's token and what the bare calls need."""
    settings = read_settings({"TIPBENCH_HOME": str(folder)}, folder, None)
    bench, database = build_bench_context(settings, log_progress), open_database(settings.home, None)
    auth, host = build_auth(settings, database), DagsterHost(settings.home, folder / "away.sock")
    launches = build_launches(bench, host, database)
    telemetry = build_telemetry(settings.home, {}, database)
    keys = home_keys(settings.home)
    modules = build_modules(settings, database, auth, build_events(settings, database, keys.sealer), keys)
    endpoints = Endpoints(
        Container(
            bench=bench,
            database=database,
            auth=auth,
            launches=launches,
            modules=modules,
            origin=ORIGIN,
            telemetry=telemetry,
        )
    )
    row = Row(database)
    sections: Sections = {name: section or row for name, section in modules.sections().items()}
    home = HomeEndpoint(sections, clock=time.monotonic, sink=telemetry.sink)
    guards = RouteGuards(caller_of=caller_of, lately=lambda _: False, record=lambda *_: None)
    routes = [each for each in endpoints.routes() if not (isinstance(each, Route) and each.path == "/v1/home")]
    wide = RateLimits(tuple(replace(each, per_minute=10**6) for each in rates_of(declared_routes())))
    token = auth.issue_token(Role.ADMIN, 3600)
    caller = auth.by_bearer(token)
    assert caller is not None  # noqa: S101  # it was issued just now
    with logging_to(folder / "server.jsonl", sys.stderr):
        yield (
            endpoints.edge(Router([*module_routes(ROUTES, home, guards), *routes]), wide),
            token,
            endpoints,
            sections,
            caller,
        )
    host.close()
    database.dispose()


async def in_process(app: ASGIApp, token: str, endpoints: Endpoints, modules: Sections, caller: Caller) -> None:
    """Both endpoints beside their bare calls."""

    async def sections() -> None:
        await asyncio.gather(*(modules[name](caller, 1.0) for name in modules))

    async def experiments() -> None:
        await asyncio.to_thread(lambda: as_printed(endpoints.services.experiments.rows()))

    for name in ("profile", "tips"):
        section = modules[name]
        cost = await cost_ms(lambda section=section: section(caller, 1.0))  # type: ignore[misc]  # mypy knows no default of a lambda
        print(f"the section {name}: {cost:.3f} ms CPU" + ("" if name == "profile" else ", a thread and a read by key"))
    for path, bare in (("/v1/home", sections), ("/api/bench/experiments", experiments)):
        if await ask(app, path, token) != 200:
            raise RuntimeError(f"{path} was refused")
        below, own = await cost_ms(bare), await cost_ms(lambda path=path: ask(app, path, token))  # type: ignore[misc]  # mypy knows no default of a lambda
        print(f"{path}: {own:.3f} ms CPU a request, {own - below:.3f} over the bare calls (goal {GOAL_MS})")


def over_http(app: ASGIApp, token: str) -> None:
    """A real server on a socket, asked by another process over connections that stay open."""
    import subprocess

    config = server_config(app)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        command = [sys.executable, "-m", "benchmarks.server.gateway", "--ask", str(listening.getsockname()[1])]
        subprocess.run([*command, "200"], input=token, text=True, check=True, timeout=120)
        cpu, clock = time.process_time(), time.perf_counter()
        subprocess.run([*command, str(REQUESTS)], input=token, text=True, check=True, timeout=120)
        cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
        server.should_exit = True
        thread.join(60)
    print(f"/v1/home over HTTP: {cpu / REQUESTS * 1e3:.3f} ms CPU a request, {REQUESTS / cpu:.0f} requests/s a core")
    print(f"  (goal {GOAL_RATE}); {REQUESTS / clock:.0f} a second by the clock, the client's start included")


async def client(port: int, token: str, requests: int) -> None:
    """Ask for the screen over `CLIENTS` connections, each after its last answer."""

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = f"GET /v1/home HTTP/1.1\r\nhost: {HOST}\r\nauthorization: Bearer {token}\r\n\r\n".encode()
        for _ in range(requests // CLIENTS):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.splitlines()[0].decode())
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
        writer.close()

    await asyncio.gather(*(one() for _ in range(CLIENTS)))


def main() -> None:
    """Measure, or be the client."""
    if sys.argv[1:2] == ["--ask"]:
        asyncio.run(client(int(sys.argv[2]), sys.stdin.read(), int(sys.argv[3])))
        return
    with tempfile.TemporaryDirectory() as name, built(Path(name)) as (app, token, endpoints, sections, caller):
        asyncio.run(in_process(app, token, endpoints, sections, caller))
        over_http(app, token)


if __name__ == "__main__":
    main()
