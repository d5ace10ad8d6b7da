"""MLflow's real server as a sleeping child behind the proxy."""

import asyncio
import os
import stat
import time
from pathlib import Path

import aiohttp
import httpx
import pytest

from resources.home import Home
from resources.tracking import SubprocessTracker
from services.gateway.proxies.mlflow import MlflowProxy
from tests.deadline import DEADLINE_S
from tests.recording_proxy import recording_proxy
from tests.services.gateway.recording_app import ORIGIN, caller_of
from wiring.processes.mlflow_on_demand import MlflowOnDemand

pytestmark = pytest.mark.slow
SEARCH = "/mlflow/ajax-api/2.0/mlflow/experiments/search"


def _environ(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def _visit(process: MlflowOnDemand, socket: Path) -> None:
    now = [0.0]
    proxy = MlflowProxy(process, caller_of=caller_of, origin=ORIGIN, clock=lambda: now[0])
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
        assert _mode(socket) == 0o600
        pid = process.child.pid
        assert pid is not None
        assert b"sk-canary" not in _environ(pid)
        now[0] = 600.0
        proxy.stop_when_idle()
        assert process.child.pid is None
        assert (await client.get("/mlflow/")).status_code == 503


def test_it_starts_serves_reading_and_stops(tmp_path: Path) -> None:
    """The first visit starts it, its pages and searches answer, strangers on its socket do not pass, idle ends it.

    Meanwhile it requests nothing from anybody, and its log holds no banner.
    """
    home = Home(tmp_path / "home")
    home.mlflow.mkdir(parents=True)
    tracker = SubprocessTracker(home, None)
    tracker.warm()
    socket = tmp_path / "m.sock"
    with recording_proxy() as proxy:
        _visited(
            tracker,
            MlflowOnDemand(home, proxy.environ({**os.environ, "FAR_KEY": "sk-canary"}), tmp_path, socket),
            socket,
        )
        assert proxy.requested == []
    log = (home.root / "logs" / "mlflow.log").read_text("utf-8")
    assert "telemetry" not in log.lower()


def _visited(tracker: SubprocessTracker, process: MlflowOnDemand, socket: Path) -> None:
    async def visit() -> None:
        try:
            await _visit(process, socket)
        finally:
            await process.close()

    try:
        asyncio.run(visit())
    finally:
        tracker.close()
