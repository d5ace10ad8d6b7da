import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from api.transport.endpoint import TransportLimits
from contracts.benchmark.launches import ProgressEvent
from tests.api.memory_services import MemoryServices
from tests.api.serving import ORIGIN, endpoint_of, served, until
from tests.deadline import DEADLINE_S

pytestmark = pytest.mark.slow

RUN = 'subscription{runProgress(runId:"run-1"){message}}'


@asynccontextmanager
async def _stream(port: int, query: str, role: str = "admin") -> AsyncIterator[AsyncIterator[str]]:
    headers = {"authorization": f"Bearer token-{role}", "accept": "text/event-stream"}
    address = f"http://127.0.0.1:{port}/graphql"
    async with (
        httpx.AsyncClient(trust_env=False, timeout=DEADLINE_S) as client,
        client.stream("POST", address, json={"query": query}, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        yield answer.aiter_lines()


async def _until_line(lines: AsyncIterator[str], start: str) -> str:
    async for line in lines:
        if line.startswith(start):
            return line
    raise AssertionError(f"the stream ended without {start}")


def _step(number: int, kind: str = "progress") -> ProgressEvent:
    return ProgressEvent(cursor=str(number), at="", kind=kind, message=f"step {number}", status="running")


def test_the_same_stream_comes_as_events() -> None:
    """Next for each event, complete at the end."""
    services = MemoryServices()
    services.launches.steps = [_step(1), _step(2, "ended")]

    async def run() -> list[Any]:
        async with served(endpoint_of(services)) as port, _stream(port, RUN) as lines:
            return [line async for line in lines if line]

    lines = asyncio.run(run())
    assert [json.loads(line[6:])["data"]["runProgress"]["message"] for line in lines if line.startswith("data: ")] == [
        "step 1",
        "step 2",
    ]
    assert lines[-2:] == ["event: complete", "data:"]


def test_a_quiet_stream_is_kept_open_by_comments() -> None:
    """A ping every so often."""

    async def run() -> None:
        async with (
            served(endpoint_of(MemoryServices(), TransportLimits(ping_every=0.05))) as port,
            _stream(port, RUN) as lines,
        ):
            assert await _until_line(lines, ":") == ": ping"

    asyncio.run(run())


def test_the_stream_ends_with_its_session() -> None:
    """A last event says UNAUTHENTICATED, then complete."""
    services = MemoryServices()

    async def run() -> None:
        async with served(endpoint_of(services, TransportLimits(live_every=0.05))) as port, _stream(port, RUN) as lines:
            services.auth.revoked.add("t-admin")
            error = json.loads((await _until_line(lines, "data: "))[6:])["errors"][0]
            assert (error["message"], error["extensions"]["code"]) == ("Session revoked", "UNAUTHENTICATED")
            await _until_line(lines, "event: complete")

    asyncio.run(run())


def test_refusals_and_mutations_are_events_too() -> None:
    """FORBIDDEN for a user, BAD_REQUEST for a mutation, which does not run."""
    services = MemoryServices()

    async def run() -> list[str]:
        codes = []
        async with served(endpoint_of(services)) as port:
            for query, role in ((RUN, "user"), ('mutation{rematerialize(experiment:"x"){__typename}}', "admin")):
                async with _stream(port, query, role) as lines:
                    body = json.loads((await _until_line(lines, "data: "))[6:])
                    codes.append(body["errors"][0]["extensions"]["code"])
        return codes

    assert asyncio.run(run()) == ["FORBIDDEN", "BAD_REQUEST"]
    assert services.launches.launched == []


def test_a_client_that_goes_frees_its_slot() -> None:
    """The operation is closed with it."""

    async def run() -> frozenset[str]:
        endpoint = endpoint_of(MemoryServices())
        async with served(endpoint) as port:
            async with _stream(port, RUN):
                await until(lambda: bool(endpoint.connection_slots))
            await until(lambda: not endpoint.connection_slots)
            return endpoint.connection_slots.names()

    assert asyncio.run(run()) == frozenset()


def test_a_reader_that_never_reads_loses_its_slot() -> None:
    """The send limit ends the stream."""
    services = MemoryServices()
    services.launches.steps = [
        ProgressEvent(cursor=str(n + 1), at="", kind="progress", message="x" * 100_000, status="running")
        for n in range(500)
    ]
    head = f"POST /graphql HTTP/1.1\r\nHost: {ORIGIN[7:]}\r\nAuthorization: Bearer token-admin\r\n"
    head += "Accept: text/event-stream\r\n"
    body = json.dumps({"query": RUN})

    async def run() -> frozenset[str]:
        endpoint = endpoint_of(services, TransportLimits(send_time=0.3))
        async with served(endpoint) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_000)
            writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            await until(lambda: bool(endpoint.connection_slots))
            await until(lambda: not endpoint.connection_slots)
            writer.transport.abort()
            return endpoint.connection_slots.names()

    assert asyncio.run(run()) == frozenset()
