"""Serves the house: puts the parts of `tipbench up` together and runs them until it is told to stop."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import sqlalchemy as sa
import uvicorn
from starlette.types import ASGIApp

from api.memory import settle
from contracts.refusals import Unavailable
from core.records import is_archived
from resources.audit import AuditTable
from resources.dagster.host import DagsterHost, read_run_config
from resources.dagster.keys import LaunchKeys
from resources.dagster.launches import DagsterLaunches
from resources.house import House
from resources.lake.specs import read_records
from services.gateway.dagit import DagitDoor
from services.gateway.dagit_mutations import OPENABLE
from services.gateway.edge import caller_of
from services.gateway.mlflow_proxy import MlflowProxy
from wiring.doors import Doors
from wiring.edge import new_id
from wiring.events import build_events
from wiring.house import utc_now
from wiring.house_keys import house_keys
from wiring.mlflow_sleeper import MlflowSleeper
from wiring.parts import Parts, build_parts
from wiring.server import build_app
from wiring.settings import Settings, SettingsError
from wiring.telling import Telling, server_config
from wiring.up import Engine
from wiring.watching import Watching, log_opened

LOOK_EVERY_S = 15.0


def serve(
    settings: Settings,
    house: House,
    database: sa.Engine,
    listening: socket.socket,
    engine: Engine,
    *,
    ready: Callable[[str, str], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called with the base URL and a sign-in link's secret."""
    opened = _opened(settings)
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    keys = house_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    host = DagsterHost(settings.home, engine.socket)
    launches = DagsterLaunches(house, host, LaunchKeys(database, utc_now), archived=_archived(house))
    sleeper, proxy = _mlflow(settings, engine, origin)
    parts = build_parts(settings, house, database, launches, events, keys, origin)
    door = _dagit(host, parts, opened)

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        dozing = asyncio.create_task(_doze(proxy))
        async with events.life(), parts.profile.life(), engine.run(host):
            try:
                yield
            finally:
                dozing.cancel()
                await sleeper.close()

    doors = Doors(parts)
    app = build_app(
        ready=lambda: {"dagster": host.is_ready()} | server.state(),
        dagit=door,
        mlflow=proxy,
        routes=doors.routes(),
        life=life,
    )
    settle()
    server = Telling(server_config(doors.edge(app)), lambda: ready(origin, parts.asks.local_link().secret))
    _run(server, listening, settings, parts.watching)


def _mlflow(settings: Settings, engine: Engine, origin: str) -> tuple[MlflowSleeper, MlflowProxy]:
    """MLflow's child and its door; where the project keeps its runs on a server, a door that says so."""
    sleeper = MlflowSleeper(settings.home, os.environ, settings.project, engine.socket.with_name("mlflow.sock"))
    away = f"MLflow runs elsewhere, at {settings.tracking_uri}" if settings.tracking_uri else None
    return sleeper, MlflowProxy(sleeper, caller_of=caller_of, origin=origin, clock=time.monotonic, away=away)


def _dagit(host: DagsterHost, parts: Parts, opened: frozenset[str]) -> DagitDoor:
    return DagitDoor(
        app=Mounted(host).app,
        caller_of=caller_of,
        is_live=parts.asks.is_live,
        origin=parts.origin,
        launches=parts.launches,
        record=AuditTable(parts.database).add,
        now=utc_now,
        request_id=new_id,
        read_config=read_run_config,
        opened=opened,
    )


def _run(server: uvicorn.Server, listening: socket.socket, settings: Settings, watching: Watching | None) -> None:
    """Serve with the log open; what is left of the spans is sent at the end."""
    with log_opened(settings, "server"):
        try:
            server.run(sockets=[listening])
        finally:
            if watching is not None:
                watching.close()


def _opened(settings: Settings) -> frozenset[str]:
    opened = frozenset(settings.up.dagit_opened)
    if shut := sorted(opened - OPENABLE):
        known = ", ".join(sorted(OPENABLE))
        raise SettingsError(f"tipbench.toml: up.dagit_opened holds {', '.join(shut)}: use any of {known}")
    return opened


def _archived(house: House) -> Callable[[str], bool]:
    return lambda name: is_archived(read_records(house.home, name))


async def _doze(proxy: MlflowProxy) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        await asyncio.to_thread(proxy.doze)


class Mounted:
    """Dagit's app, made when the workspace is there."""

    def __init__(self, host: DagsterHost) -> None:
        self._host = host
        self._app: ASGIApp | None = None

    def app(self) -> ASGIApp | None:
        """The app, or None while Dagster starts."""
        if self._app is None:
            with suppress(Unavailable):
                self._app = self._host.dagit("/dagster")
        return self._app
