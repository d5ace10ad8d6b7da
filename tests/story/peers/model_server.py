"""A server of models on the loopback interface, in a thread of the test, whose answers a test steers and counts."""

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.deadline import DEADLINE_S


@dataclass
class ModelServer:
    """An OpenAI-compatible endpoint on the loopback interface; the model's name says how it behaves.

    `requested` counts requests by seed, which is the generation's own; `bodies` are what was read. `delay_s` is each
    answer's latency. Requests beyond the first `held_from` wait until that is None, so that whoever asks is surely not
    done yet.
    """

    url: str = ""
    delay_s: float = 0.0
    held_from: int | None = None
    broken: bool = False
    requested: Counter[int] = field(default_factory=Counter)
    most_at_once: int = 0
    at_once: int = 0
    picky: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def _is_picked(self, seed: int) -> bool:
        """Whether this seed was the first, fourth, seventh … that `picky` was asked with."""
        if seed not in self.picky:
            self.picky.append(seed)
        return self.picky.index(seed) % 3 == 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One chat completion."""
        body = await request.json()
        self.requested[body["seed"]] += 1
        self.bodies.append(body)
        number = self.requested.total()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.delay_s)
            while self.held_from is not None and number > self.held_from:  # noqa: ASYNC110 - another thread ends it
                await asyncio.sleep(0.005)
        finally:
            self.at_once -= 1
        if self.broken:
            return web.json_response({"error": {"message": "overloaded"}}, status=503, headers={"Retry-After": "0"})
        if body["model"] == "picky" and self._is_picked(body["seed"]):
            return web.json_response({"error": {"message": "no"}}, status=400)
        if "response_format" in body:
            return web.json_response(judged(body))
        text = f"Write three lines about step {body['seed'] % 997} before {body['seed'] % 12} and stop."
        if body["model"] == "varied":
            text = f"Stand up and {'stretch and ' * (body['seed'] % 23)}breathe, {body['seed'] % 7 + 2} minutes today."
        usage = None if body["model"] == "silent" else {"prompt_tokens": 50, "completion_tokens": 12}
        if usage and body["model"] == "default":
            usage["prompt_tokens"] = sum(len(message["content"]) for message in body["messages"]) // 4
        message: dict[str, str | None] = {"role": "assistant", "content": text}
        if body["model"] == "refusing":
            message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
        return web.json_response({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})


def judged(body: dict[str, Any]) -> dict[str, Any]:
    """What a judge answers by the form that it was asked for: a 4, or now and then a 5, for tips of this server.

    Any other text has a 1.
    """
    shown = "".join(message["content"] for message in body["messages"])
    criteria = body["response_format"]["json_schema"]["schema"]["properties"]["scores"]["properties"]
    step = re.search(r"three lines about step (\d+) before", shown)
    value = 1 if step is None else 5 if int(step[1]) % 8 == 0 else 4
    scores = {name: 1 if "enum" in allowed else value for name, allowed in criteria.items()}
    content = json.dumps({"reason": "It names a step.", "scores": scores, "unscorable": None})
    usage = {"prompt_tokens": len(shown) // 4, "completion_tokens": 30}
    return {
        "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        "usage": usage,
    }


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Serve until the block ends."""
    state = ModelServer()
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", state.answer)
    runner = web.AppRunner(app)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop).result(DEADLINE_S)
    state.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield state
    finally:
        state.held_from = None  # else the server waits a minute for answers that are held
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(DEADLINE_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(DEADLINE_S)
        loop.close()
