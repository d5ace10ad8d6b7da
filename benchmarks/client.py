"""The model client alone against the ceiling of concurrency / latency, on one core, the endpoint on another.

usage: python -m benchmarks.client
"""

import asyncio
import os
import random
import time

from benchmarks.endpoint import endpoint
from contracts.benchmark.models import ModelRequest
from core.benchmark.model import Endpoint, Model
from core.benchmark.prompt import PromptMessage
from core.benchmark.scenario import Scenario
from resources.models.openai import OpenAIClient

LATENCY_MS = 50.0
SIZES = ((64, 5_000, 0.85), (256, 20_000, 0.70))


async def rate(url: str, concurrency: int, requests: int) -> float:
    """Answers a second, the connections' opening included."""
    server = Endpoint(name="bench", base_url=url, concurrency=concurrency)
    model = Model("bench", "openai", model="bench", endpoint=server)
    client = OpenAIClient(server, None, on_send=lambda _: None, rng=random.Random(0))  # noqa: S311  # jitter
    scenario = Scenario("s", None, None, {"text": "x"})
    queue = iter(range(requests))

    async def work() -> None:
        for number in queue:
            request = ModelRequest(
                key=f"{number:032}", model=model, prompt="p", scenario=scenario, tip_index=0,
                messages=(PromptMessage("system", "Give one tip."), PromptMessage("user", "I sleep badly. " * 20)),
                text=None,
                stop=(), max_tokens=96, temperature=0.7, seed=number,
            )  # fmt: skip
            answer = await client.answer(request)
            if answer.kind != "text":
                raise RuntimeError(answer.error)

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(concurrency)))
    seconds = time.perf_counter() - started
    await client.close()
    return requests / seconds


def main() -> None:
    """Print a line a size."""
    cores = sorted(os.sched_getaffinity(0))
    with endpoint(LATENCY_MS, cores[-1]) as url:
        os.sched_setaffinity(0, {cores[0]})
        for concurrency, requests, goal in SIZES:
            ceiling = concurrency / (LATENCY_MS / 1000)
            found = asyncio.run(rate(url, concurrency, requests))
            print(
                f"concurrency {concurrency}: {found:,.0f} answers/s of {ceiling:,.0f} possible, "
                f"{found / ceiling:.0%} (goal {goal:.0%})"
            )


if __name__ == "__main__":
    main()
