"""Limits requests to a model: three at once until it has answered, none once its configuration proved wrong."""

import asyncio
from dataclasses import dataclass, field

from contracts.benchmark.models import ModelAnswer

AT_FIRST = 3
"""Requests to a model at once until it has answered anything, and the number of equal complaints that stop it."""
MOST_UNCLEAR = 10
"""The number of different complaints that stop a model which never answered."""


@dataclass
class ModelGate:
    """One model's standing within a collecting run.

    `answered`: it gave a text or a refusal at some time. `stopped` is the sentence about its configuration that ended
    it, None while it goes on. `unclear` are the keys, with their answers, that were rejected before its first answer:
    about their input if one comes, about the configuration otherwise.
    """

    answered: bool
    stopped: str | None = None
    unclear: dict[str, ModelAnswer] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_FIRST))

    async def enter(self) -> bool:
        """Wait until a request may be sent; return whether it took a slot that `leave` must release."""
        if self.answered:
            return False
        await self._slots.acquire()
        if self.answered or self.stopped:
            self._slots.release()
            return False
        return True

    def leave(self) -> None:
        """Release a slot that `enter` took."""
        self._slots.release()

    def judged(self, key: str, answer: ModelAnswer) -> ModelAnswer:
        """Return the answer as what it is now known to be, and stop the model if its configuration is to blame."""
        if answer.kind == "misconfigured":
            self.stopped = self.stopped or answer.error
            return answer
        if answer.kind in {"text", "refused"} or (answer.kind == "failed" and not answer.unclear):
            self.answered = True
            return answer
        if answer.kind == "failed" and not self.answered:
            self.unclear[key] = answer
            self._weigh()
            return misconfigured(answer)
        return answer

    def resolved(self) -> dict[str, ModelAnswer]:
        """Return, once, the unclear answers.

        They concern their input, now that the model has answered another request.
        """
        if not self.answered or not self.unclear:
            return {}
        found, self.unclear = self.unclear, {}
        return found

    def _weigh(self) -> None:
        faults = [answer.fault for answer in self.unclear.values()]
        if len(faults) >= MOST_UNCLEAR or max(faults.count(fault) for fault in faults) >= AT_FIRST:
            self.stopped = next(reversed(self.unclear.values())).error


def misconfigured(answer: ModelAnswer) -> ModelAnswer:
    """Return the answer as an outcome of the model's configuration, without text and tokens."""
    return ModelAnswer(
        kind="misconfigured",
        attempts=answer.attempts,
        unseen=answer.unseen,
        latency_ms=answer.latency_ms,
        queue_ms=answer.queue_ms,
        retry_ms=answer.retry_ms,
        error=answer.error,
        fault=answer.fault,
    )
