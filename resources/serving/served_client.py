"""A model client that asks serving, with what waits at a moment in one batch."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TypeVar

from contracts.benchmark.models import ModelAnswer, ModelRequest, OnSend
from contracts.refusals import Refusal
from contracts.tips.serving import MOST_PROMPTS, Serving, ServingPrompt
from core.benchmark.model import Model

Result = TypeVar("Result")


class ServedClient:
    """Implements contracts.benchmark.models.ModelClient for any model of serving.

    A batch that serving refuses, or that it does not answer, is transient for all of its requests.
    """

    def __init__(self, serving: Serving, at_once: Mapping[str, int], within_s: float, on_send: OnSend) -> None:
        self._serving, self._at_once, self._within_s, self._on_send = serving, at_once, within_s, on_send
        self._waiting: list[tuple[ServingPrompt, asyncio.Future[ModelAnswer]]] = []
        self._sending: asyncio.Task[None] | None = None

    def concurrency(self, model: Model) -> int:
        """Return what serving said that the model answers at once, 1 where it said nothing."""
        return self._at_once.get(model.name, 1)

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return what serving answers within the time."""
        future: asyncio.Future[ModelAnswer] = asyncio.get_running_loop().create_future()
        self._on_send(request.key)
        self._waiting.append((_prompt_of(request), future))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return await future

    async def close(self) -> None:
        """Leave what was not sent."""
        if self._sending is not None:
            self._sending.cancel()

    async def _send(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)  # so that all requests of this moment are one batch
            batch, self._waiting = self._waiting[:MOST_PROMPTS], self._waiting[MOST_PROMPTS:]
            prompts = [prompt for prompt, _ in batch]
            try:
                answers = await in_thread(partial(self._serving.answers, prompts, self._within_s))
            except Refusal as refusal:
                answers = [ModelAnswer(kind="transient", error=refusal.message)] * len(batch)
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _prompt_of(request: ModelRequest) -> ServingPrompt:
    return ServingPrompt(
        model=request.model.name,
        generation_hash=request.model.generation_hash,
        messages=request.messages,
        text=request.text,
        stop=request.stop,
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        seed=request.seed,
    )


async def in_thread(function: Callable[[], Result]) -> Result:
    """Return what the function does in a thread of its own, for which nobody waits once this is cancelled."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def ended(result: Result | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # None only where the function gave it

    def work() -> None:
        result, failure = None, None
        try:
            result = function()
        except Exception as error:  # noqa: BLE001  # raised where it is awaited
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(ended, result, failure)

    threading.Thread(target=work, name="asking serving", daemon=True).start()
    return await future
