"""A real endpoint on a thread, whose answers a test decides, and a project's catalog that reaches it."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from resources.bench_context import BenchContext
from resources.catalog import KINDS, Layer
from tests.deadline import DEADLINE_S

Answer = Callable[[dict[str, Any]], tuple[int, Any]]


def chat(text: str = "Walk home.", finish: str = "stop") -> tuple[int, Any]:
    """A usual answer."""
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return 200, {"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}


def error(status: int, message: str = "no", code: str | None = None) -> tuple[int, Any]:
    """An error as the protocol has it."""
    return status, {"error": {"message": message, "code": code}}


@dataclass
class Endpoint:
    """What it got by model, with which keys, and how many at once at the most; `answers` decides by model."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    got: Counter[str] = field(default_factory=Counter)
    keys: set[str | None] = field(default_factory=set)
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer by the model's name."""
        body = json.loads(await request.read())
        model = body["model"]
        self.got[model] += 1
        self.keys.add(request.headers.get("Authorization"))
        self.now[model] += 1
        self.most[model] = max(self.most[model], self.now[model])
        await asyncio.sleep(0.002)  # long enough for others to arrive: their number is what is counted
        self.now[model] -= 1
        decide = self.answers.get(model)
        status, answer = decide(body) if decide else chat()
        return web.json_response(answer, status=status)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Runs until the test ends."""
    far, loop, ready = Endpoint(), asyncio.new_event_loop(), threading.Event()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", far.serve)
    runner = web.AppRunner(app)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        far.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(DEADLINE_S)
    yield far
    loop.call_soon_threadsafe(loop.stop)
    thread.join(DEADLINE_S)


@dataclass
class Project:
    """A project folder with models of the endpoint; `write` changes its catalog."""

    bench: BenchContext
    folder: Path
    endpoint: Endpoint

    def write(self, *names: str, url: str | None = None, more: str = "", **fields: str) -> None:
        """Write models.toml anew: these models, `more` into the endpoint, `fields` into every model."""
        lines = ["[endpoints.far]", f'base_url = "{url or self.endpoint.url}"', "max_attempts = 1", more]
        for name in names:
            lines += ["[[models]]", f'name = "{name}"', 'provider = "openai"', 'endpoint = "far"', f'model = "{name}"']
            lines += [f"{field} = {value}" for field, value in fields.items()]
        (self.folder / "catalog" / "models.toml").write_text("\n".join(lines) + "\n")


@pytest.fixture
def project(bench: BenchContext, endpoint: Endpoint, tmp_path: Path) -> Project:
    """A home without a mirror, over a project's catalog."""
    folder = tmp_path / "project"
    (folder / "catalog").mkdir(parents=True)
    layer = Layer("project", folder / "catalog", frozenset(KINDS))
    made = Project(replace(bench, layers=(*bench.layers, layer)), folder, endpoint)
    made.write("good", "bad")
    return made
