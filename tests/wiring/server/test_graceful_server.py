"""A server that stops being ready before it stops, at the test's own clock."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from wiring.server import graceful_server
from wiring.server.app import build_app
from wiring.server.graceful_server import LEAD_S, GracefulServer


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The server's time, in seconds."""
    at = [100.0]
    monkeypatch.setattr(graceful_server, "time", SimpleNamespace(monotonic=lambda: at[0]))
    return at


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """No request comes here."""


@asynccontextmanager
async def _life() -> AsyncIterator[None]:
    yield


def _server() -> GracefulServer:
    return GracefulServer(uvicorn.Config(_nothing), lambda: None)


def _statuses(server: GracefulServer) -> dict[str, int]:
    """What the app answers about its health."""
    app = build_app(ready=server.state, dagit=_nothing, mlflow=_nothing, routes=[], life=_life)

    async def go() -> dict[str, int]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return {path: (await client.get(path)).status_code for path in ("/healthz", "/readyz")}

    return asyncio.run(go())


def _stops(server: GracefulServer) -> bool:
    return asyncio.run(server.on_tick(1))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_that_it_is_not_ready_before_it_stops(now: list[float], number: signal.Signals) -> None:
    """From the first signal on, for the lead; health is answered meanwhile."""
    server = _server()
    assert (_statuses(server), _stops(server)) == ({"/healthz": 200, "/readyz": 200}, False)
    server.handle_exit(number, None)
    assert (_statuses(server), _stops(server)) == ({"/healthz": 200, "/readyz": 503}, False)
    now[0] += 2 * LEAD_S
    assert _stops(server)


def test_a_second_signal_ends_the_wait(now: list[float]) -> None:
    """At once, at the same time of the clock."""
    server = _server()
    before = list(now)
    server.handle_exit(signal.SIGTERM, None)
    server.handle_exit(signal.SIGTERM, None)
    assert (_stops(server), now) == (True, before)
