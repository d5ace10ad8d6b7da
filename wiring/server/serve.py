"""Serves: builds the services of `tipbench up` and runs them until a signal stops it."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import sqlalchemy as sa
import uvicorn
from starlette.types import ASGIApp

from api.execution.memory import settle
from contracts.refusals import Unavailable
from kit.times import utc_now
from resources.bench_context import BenchContext
from resources.collect.bounded.vetting import PromptVetting
from resources.dagster.host import DagsterHost, read_run_config
from resources.sql.audit_log import AuditTable
from services.gateway.edge.middleware import caller_of
from services.gateway.proxies.dagit import DagitProxy
from services.gateway.proxies.mlflow import MlflowProxy
from wiring.container import Container, build_container
from wiring.keys import home_keys
from wiring.launches import build_launches
from wiring.modules.events import build_events
from wiring.processes.mlflow_on_demand import MlflowOnDemand
from wiring.processes.up import Engine
from wiring.server.app import build_app
from wiring.server.edge import new_id
from wiring.server.endpoints import Endpoints
from wiring.server.graceful_server import GracefulServer, server_config
from wiring.server.open_connections import raise_open_files
from wiring.server.telemetry import Telemetry, log_opened
from wiring.settings import Settings

LOOK_EVERY_S = 15.0


def serve(
    settings: Settings,
    bench: BenchContext,
    database: sa.Engine,
    listening: socket.socket,
    engine: Engine,
    *,
    ready: Callable[[str, str], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called with the base URL and a sign-in link's secret."""
    bench = replace(bench, vet=PromptVetting())
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    keys = home_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    host = DagsterHost(settings.home, engine.socket)
    launches = build_launches(bench, host, database)
    process, proxy = _mlflow(settings, engine, origin)
    container = build_container(settings, bench, database, launches, events, keys, origin, host)
    endpoint = _dagit(host, container, frozenset(settings.up.dagit_opened))

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        idle_stop = asyncio.create_task(_stop_when_idle(proxy))
        async with events.life(), container.modules.life(), engine.run(host):
            try:
                yield
            finally:
                idle_stop.cancel()
                await process.close()

    endpoints = Endpoints(container)
    app = build_app(
        ready=lambda: {"dagster": host.is_ready()} | server.state(),
        dagit=endpoint,
        mlflow=proxy,
        routes=endpoints.routes(),
        life=life,
    )
    settle()
    server = GracefulServer(
        server_config(endpoints.edge(app), frozenset(settings.up.trusted_proxies)),
        lambda: ready(origin, container.asks.local_link().secret),
    )
    _run(server, listening, settings, container.telemetry)


def _mlflow(settings: Settings, engine: Engine, origin: str) -> tuple[MlflowOnDemand, MlflowProxy]:
    """MLflow's child and its endpoint; where the project keeps its runs on a server, an endpoint that says so."""
    process = MlflowOnDemand(settings.home, os.environ, settings.project, engine.socket.with_name("mlflow.sock"))
    away = f"MLflow runs elsewhere, at {settings.tracking_uri}" if settings.tracking_uri else None
    return process, MlflowProxy(process, caller_of=caller_of, origin=origin, clock=time.monotonic, away=away)


def _dagit(host: DagsterHost, container: Container, opened: frozenset[str]) -> DagitProxy:
    return DagitProxy(
        app=Mounted(host).app,
        caller_of=caller_of,
        is_live=container.asks.is_live,
        origin=container.origin,
        launches=container.launches,
        record=AuditTable(container.database).add,
        now=utc_now,
        request_id=new_id,
        read_config=read_run_config,
        opened=opened,
    )


def _run(server: uvicorn.Server, listening: socket.socket, settings: Settings, telemetry: Telemetry | None) -> None:
    """Serve with the log open; what is left of the spans is sent at the end."""
    raise_open_files()
    with log_opened(settings, "server"):
        try:
            server.run(sockets=[listening])
        finally:
            if telemetry is not None:
                telemetry.close()


async def _stop_when_idle(proxy: MlflowProxy) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        await asyncio.to_thread(proxy.stop_when_idle)


class Mounted:
    """Dagit's app, made once the workspace is loaded."""

    def __init__(self, host: DagsterHost) -> None:
        self._host = host
        self._app: ASGIApp | None = None

    def app(self) -> ASGIApp | None:
        """Return the app, or None while Dagster starts."""
        if self._app is None:
            with suppress(Unavailable):
                self._app = self._host.dagit("/dagster")
        return self._app
