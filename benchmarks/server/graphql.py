"""GraphQL in process, without sockets: a list of 12-field rows by ours, stock Strawberry, Ariadne and no GraphQL.

usage: python -m benchmarks.server.graphql
"""

import asyncio
import logging
import time
from typing import Any

import orjson

from benchmarks.peers.graphql_apps import APPS, TOKEN, body

ROUNDS = 7
GOALS = {20: 5.0, 1_000: 10.0}
HEADERS = [(b"content-type", b"application/json"), (b"authorization", f"Bearer {TOKEN}".encode()), (b"host", b"x")]


async def ask(app: Any, content: bytes) -> bytes:
    """The body of one answer."""
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "scheme": "http",
    }
    more = {
        "query_string": b"",
        "headers": HEADERS,
        "client": ("127.0.0.1", 1),
        "server": ("x", 80),
        "http_version": "1.1",
    }
    await app({**scope, **more, "asgi": {"version": "3.0"}}, receive, send)
    return b"".join(parts)


async def measure(app: Any, count: int) -> float:
    """Seconds an answer, the best of several rounds."""
    content, repeats = body(count), 200 if count < 100 else 12
    answer = orjson.loads(await ask(app, content))
    if len(answer["data"]["rows"]) != count or len(answer["data"]["rows"][0]) != 12:
        raise RuntimeError("not the rows that were asked for")
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(repeats):
            await ask(app, content)
        best = min(best, (time.perf_counter() - started) / repeats)
    return best


async def compare() -> None:
    """Print a table a size."""
    apps = {name: make() for name, make in APPS.items()}
    for count, goal in GOALS.items():
        found = {name: await measure(app, count) for name, app in apps.items()}
        for name, seconds in found.items():
            print(f"{count:5} rows  {name:10} {seconds * 1e3:8.3f} ms  {found['strawberry'] / seconds:7.2f} x stock")
        ratio = found["strawberry"] / found["tipbench"]
        print(f"{count:5} rows  goal {goal} x stock: {'met' if ratio >= goal else 'MISSED'} with {ratio:.1f} x")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(compare())
