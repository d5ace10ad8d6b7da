"""A real endpoint on the loopback interface whose answers a test scripts."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from core.benchmark.model import Endpoint, Model
from resources.models.openai import OpenAIClient
from tests.virtual_time import GRACE_S, run_in_virtual_time

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def completion(text: str | None = "Walk.", **message: Any) -> web.Response:
    """A 200 as the protocol has it."""
    choice = {"message": {"role": "assistant", "content": text, **message}, "finish_reason": "stop"}
    return web.json_response({"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 3}})


@dataclass
class Far:
    """The far side: what it got, and how long our side slept in virtual time."""

    script: list[Handler] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    now: float = 0.0
    url: str = ""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer by the script, then with plain completions."""
        self.got.append(json.loads(await request.read()))
        self.keys.append(request.headers.get("Authorization"))
        return await self.script.pop(0)(request) if self.script else completion()

    def clock(self) -> float:
        """Virtual seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def client(self, key: str | None = None, environ: Mapping[str, str] | None = None, **limits: Any) -> OpenAIClient:
        """A client of this endpoint on virtual time."""
        endpoint = Endpoint(name="far", base_url=self.url, **limits)
        rng = random.Random(0)  # noqa: S311  # jitter
        return OpenAIClient(
            endpoint,
            key,
            on_send=lambda _: None,
            rng=rng,
            environ=environ or {},
            clock=self.clock,
            sleep=self.sleep,
        )

    @property
    def model(self) -> Model:
        """A model of this endpoint."""
        return Model("m", "openai", model="m-1", endpoint=Endpoint(name="far", base_url=self.url))


@asynccontextmanager
async def far_side() -> AsyncIterator[Far]:
    """A running endpoint."""
    far = Far()
    app = web.Application()
    app.router.add_post("/v1/{tail:.*}", far.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    far.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield far
    finally:
        await runner.cleanup()


@pytest.fixture
def talk() -> Callable[..., Any]:
    """Runs a conversation: `talk(script, ask, **limits)` gives what `ask(far, client)` returns, and the far side."""

    def run(
        script: list[Handler], ask: Callable[[Far, OpenAIClient], Awaitable[Any]], **limits: Any
    ) -> tuple[Any, Far]:
        async def both() -> tuple[Any, Far]:
            async with far_side() as far:
                far.script = script
                client = far.client(**limits)
                try:
                    return await ask(far, client), far
                finally:
                    await client.close()

        return run_in_virtual_time(asyncio.wait_for(both(), 120), GRACE_S)

    return run
