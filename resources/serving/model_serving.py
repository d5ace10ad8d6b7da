"""Asks the models of the catalog, with a bounded number of batches that wait and a deadline for each."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeVar

from contracts.benchmark.models import ModelAnswer, ModelClient, ModelRequest
from contracts.refusals import InvalidInput, Unavailable
from contracts.tips.serving import LONGEST_WAIT_S, MOST_BATCHES, MOST_PROMPTS, ServingPrompt
from core.benchmark.model import Model

ABLE = frozenset({"openai", "embedded"})
"""Providers whose models write for any prompt: templates, tapes and adopted outputs do not."""
CLOSES_WITHIN_S = 10.0
Result = TypeVar("Result")
OpenClients = Callable[[Sequence[Model]], AbstractAsyncContextManager[dict[str, ModelClient]]]


class ModelServing:
    """Implements contracts.tips.serving.Serving.

    `models` gives the catalog's models of the moment, `opened` clients for them. A thread with an event loop begins at
    the first call, and clients stay open between calls until the models are others.
    """

    def __init__(self, models: Callable[[], Mapping[str, Model]], opened: OpenClients) -> None:
        self._models, self._opened = models, opened
        self._capacity = threading.BoundedSemaphore(MOST_BATCHES)
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._open: dict[str, ModelClient] = {}
        self._open_for: Mapping[str, Model] = {}
        self._closing = AsyncExitStack()

    def concurrency(self, models: Sequence[str]) -> dict[str, int]:
        """Return how many requests a model's client allows, which counts for all models of an endpoint together."""
        return self._run(self._concurrency(models))

    def answers(self, prompts: Sequence[ServingPrompt], within_s: float) -> list[ModelAnswer]:
        """Return an answer for each prompt in their order; raise InvalidInput, Unavailable."""
        if not 0 < within_s <= LONGEST_WAIT_S:
            raise InvalidInput(f"within_s is above 0 and at most {LONGEST_WAIT_S:g}", ("within_s",))
        if len(prompts) > MOST_PROMPTS:
            raise InvalidInput(f"{len(prompts)} prompts at once: at most {MOST_PROMPTS}", ("prompts",))
        if not self._capacity.acquire(blocking=False):
            raise Unavailable(f"{MOST_BATCHES} batches of prompts wait already: ask again in a second")
        try:
            return self._run(self._answers(prompts, within_s))
        finally:
            self._capacity.release()

    def close(self) -> None:
        """Close the clients and end the thread; answers under way are lost."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._ended(), loop).result(CLOSES_WITHIN_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CLOSES_WITHIN_S)
        loop.close()
        self._loop = self._thread = None
        self._open, self._open_for = {}, {}

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="serving", daemon=True)
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _ended(self) -> None:
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._closing.aclose()

    async def _concurrency(self, names: Sequence[str]) -> dict[str, int]:
        clients = await self._clients()
        return {name: clients[name].concurrency(self._open_for[name]) for name in names if name in clients}

    async def _answers(self, prompts: Sequence[ServingPrompt], within_s: float) -> list[ModelAnswer]:
        clients = await self._clients()
        models = self._open_for
        return list(
            await asyncio.gather(
                *(_answer(clients.get(each.model), models.get(each.model), each, within_s) for each in prompts)
            )
        )

    async def _clients(self) -> dict[str, ModelClient]:
        """Those of today's catalog; others under way go on with the clients that they have."""
        models = {name: model for name, model in self._models().items() if model.provider in ABLE}
        if models != self._open_for:
            self._open = await self._closing.enter_async_context(self._opened(list(models.values())))
            self._open_for = models
        return self._open


async def _answer(
    client: ModelClient | None, model: Model | None, prompt: ServingPrompt, within_s: float
) -> ModelAnswer:
    if client is None or model is None:
        return _misconfigured(f"the catalog has no model {prompt.model} that can be asked")
    if model.generation_hash != prompt.generation_hash:
        return _misconfigured(f"model {prompt.model} is another one in today's catalog than on the leaderboard")
    request = ModelRequest(
        key=str(uuid.uuid4()),  # nothing of who it is for
        model=model,
        messages=prompt.messages,
        text=prompt.text,
        stop=prompt.stop,
        max_tokens=prompt.max_tokens,
        temperature=prompt.temperature,
        seed=prompt.seed,
    )
    try:
        async with asyncio.timeout(within_s):
            return await client.answer(request)
    except TimeoutError:
        return ModelAnswer(kind="transient", error=f"{prompt.model} did not answer within {within_s:g} s", unseen=1)


def _misconfigured(error: str) -> ModelAnswer:
    return ModelAnswer(kind="misconfigured", error=error, fault=error)
