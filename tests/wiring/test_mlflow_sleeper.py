"""MLflow's real server as a sleeping child behind the proxy."""

import asyncio
import os
import time
from pathlib import Path

import aiohttp
import httpx
import pytest

from resources.home import Home
from resources.tracking import TrackerBeside
from services.gateway.mlflow_proxy import MlflowProxy
from tests.services.gateway.behind import ORIGIN, caller_of
from wiring.mlflow_sleeper import MlflowSleeper

pytestmark = pytest.mark.slow
DEADLINE_S = 90.0
SEARCH = "/mlflow/ajax-api/2.0/mlflow/experiments/search"


async def _visit(sleeper: MlflowSleeper, socket: Path) -> None:
    now = [0.0]
    proxy = MlflowProxy(sleeper, caller_of=caller_of, origin=ORIGIN, clock=lambda: now[0])
    headers = {"x-who": "admin", "origin": ORIGIN, "content-type": "application/json"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=proxy), base_url=ORIGIN, headers=headers) as client:
        deadline = time.monotonic() + DEADLINE_S
        while (page := await client.get("/mlflow/")).status_code == 503:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.2)
        assert (page.status_code, "static-files/static/js" in page.text) == (200, True)
        found = await client.post(SEARCH, json={"max_results": 5})
        assert [each["name"] for each in found.json()["experiments"]] == ["Default"]
        assert (await client.post("/mlflow/ajax-api/2.0/mlflow/experiments/create", json={})).status_code == 404
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as stranger,
            stranger.get(f"http://mlflow{SEARCH}") as refused,
        ):
            assert refused.status == 403
        pid = sleeper.child.pid
        assert pid is not None
        now[0] = 600.0
        proxy.doze()
        assert sleeper.child.pid is None
        assert (await client.get("/mlflow/")).status_code == 503


def test_it_wakes_serves_reading_and_sleeps(tmp_path: Path) -> None:
    """The first visit starts it, its pages and searches answer, strangers on its socket do not pass, idle ends it."""
    home = Home(tmp_path / "home")
    home.mlflow.mkdir(parents=True)
    tracker = TrackerBeside(home, None)
    tracker.warm()
    socket = tmp_path / "m.sock"
    sleeper = MlflowSleeper(home, os.environ, tmp_path, socket)

    async def visit() -> None:
        try:
            await _visit(sleeper, socket)
        finally:
            await sleeper.close()

    try:
        asyncio.run(visit())
    finally:
        tracker.close()
