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
    _under_way: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def enter(self) -> bool:
        """Wait until a request may be sent; return whether it is one of those before the first answer.

        Such a request ends with `leave`. An equal complaint keeps the place of its request, so that the model stops
        after exactly as many requests as complaints are needed.
        """
        if self.answered:
            return False
        async with self._changed:
            await self._changed.wait_for(lambda: self._is_decided() or self._under_way < AT_FIRST - self._equal())
            if self._is_decided():
                return False
            self._under_way += 1
            return True

    async def leave(self) -> None:
        """End a request that `enter` counted."""
        async with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

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

    def _is_decided(self) -> bool:
        return self.answered or self.stopped is not None

    def _equal(self) -> int:
        faults = [answer.fault for answer in self.unclear.values()]
        return max((faults.count(fault) for fault in faults), default=0)

    def _weigh(self) -> None:
        if len(self.unclear) >= MOST_UNCLEAR or self._equal() >= AT_FIRST:
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
