"""Asks the embedded model beside the server: one request at a time, within a time and so much memory."""

import asyncio
from threading import BoundedSemaphore

import msgspec

from contracts.benchmark.models import ModelAnswer, ModelRequest
from contracts.refusals import InProgress
from core.benchmark.model import Model
from kit.processes.bounded import run_bounded
from resources.collect.bounded.embedded_process import NOT_LOADED
from resources.home import Home
from resources.models.embedded import EmbeddedModelError

MEMORY = 1 << 30
"""Bytes that the process may have beside the weights, which it maps."""
CPU_A_S = 64
"""Seconds of CPU time for each that it may last: it works on all cores of its machine."""
_PLACE = BoundedSemaphore(1)


class BoundedEmbedded:
    """Implements contracts.benchmark.models.ModelClient by a process for each request, of which there is one at a time.

    It may last `longest_s` seconds, in which the model is loaded.
    """

    def __init__(self, home: Home, longest_s: float) -> None:
        self._home, self._longest_s = home, longest_s

    def concurrency(self, model: Model) -> int:  # noqa: ARG002  # the protocol's signature
        """Return 1: more would load the model more than once."""
        return 1

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the answer; transient where it took longer, or more memory, than it may.

        Raise EmbeddedModelError where the model cannot be loaded, InProgress while it answers another request.
        """
        return await asyncio.to_thread(self._answer, request)

    async def close(self) -> None:
        """Return at once: the process of a request has ended with it."""

    def _answer(self, request: ModelRequest) -> ModelAnswer:
        if not _PLACE.acquire(blocking=False):
            raise InProgress("the embedded model is answering another trial: wait for that answer")
        try:
            ended = run_bounded(
                "resources.collect.bounded.embedded_process",
                [str(self._home.models), str(int(CPU_A_S * self._longest_s) + 1), str(MEMORY)],
                self._longest_s,
                msgspec.json.encode(request),
            )
        finally:
            _PLACE.release()
        if ended.took_too_much:
            said = f"no answer within {self._longest_s:g} s and {MEMORY >> 20} MB"
            return ModelAnswer(kind="transient", error=said)
        if ended.returncode:
            said = ended.printed.decode("utf-8", "replace").strip()
            raise EmbeddedModelError(said if ended.returncode == NOT_LOADED else "its process ended early")
        return msgspec.json.decode(ended.printed, type=ModelAnswer)
