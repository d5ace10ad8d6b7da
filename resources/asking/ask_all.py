"""Sends requests to models side by side and journals each outcome as it comes, within a ceiling on spending."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

from contracts.benchmark.models import ModelAnswer, ModelClient, ModelRequest
from core.benchmark.model import Model
from core.benchmark.outcome import Outcome, cost_of, worst_cost
from resources.asking.budget import Budget
from resources.asking.model_gate import ModelGate

GIVE_UP = 10
"""Transient failures in a row after which a model is left alone, if no more requests than that are under way."""
SYNC_EVERY_S = 1.0


class ModelRequests(NamedTuple):
    """What one model is to answer: its requests, each made when its turn comes.

    `answered`: it gave a text or a refusal before.
    """

    model: Model
    requests: Iterator[ModelRequest]
    answered: bool = False


class RequestJournal(Protocol):
    """Where outcomes are written as they come; the clients write `sent` to the same one."""

    def done(self, outcome: Outcome) -> None:
        """Append the outcome of one request."""
        ...

    def sync(self) -> None:
        """Make everything so far survive the loss of the host; blocks, called in a thread."""
        ...


OnOutcome = Callable[[str, Outcome, str | None], None]
"""Called with a model's name, an outcome that was journaled, and what stopped the model, None while it goes on."""


async def ask_all(
    requests: Sequence[ModelRequests],
    journal: RequestJournal,
    clients: Mapping[str, ModelClient],
    budget: Budget,
    *,
    now: Callable[[], str],
    on_outcome: OnOutcome,
) -> dict[str, str]:
    """Answer all requests, each model as many at once as its client allows, and return what stopped models, by name.

    A model stops when its configuration proves wrong, and is left alone after many transient failures in a row; no
    request is sent whose worst cost may pass the ceiling of `budget`. What was not sent has no outcome. `clients` are
    by model name, `now` gives an outcome's time as ISO 8601. Raise JournalFull if the disk is full, or a model client's
    error, with all workers stopped.
    """
    asking = [_Asking(each, journal, clients[each.model.name], budget, now, on_outcome) for each in requests]
    syncing = asyncio.create_task(_sync_regularly(journal))
    try:
        async with asyncio.TaskGroup() as group:
            for model in asking:
                for _ in range(model.concurrency):
                    group.create_task(model.work())
    except ExceptionGroup as errors:  # what a person can mend, alone instead of in a group
        raise _first(errors.subgroup((OSError, RuntimeError, ValueError)) or errors) from None
    finally:
        syncing.cancel()
        with suppress(asyncio.CancelledError):
            await syncing
    return {model.name: words for model in asking if (words := model.complaint)}


class _Asking:
    """One model that is being asked, by as many workers at once as its client allows."""

    def __init__(
        self,
        requests: ModelRequests,
        journal: RequestJournal,
        client: ModelClient,
        budget: Budget,
        now: Callable[[], str],
        on_outcome: OnOutcome,
    ) -> None:
        self.name, self._model, self._requests = requests.model.name, requests.model, requests.requests
        self._journal, self._client, self._budget = journal, client, budget
        self._now, self._on_outcome = now, on_outcome
        self.concurrency = client.concurrency(requests.model)
        self._gate = ModelGate(answered=requests.answered)
        self._failed_in_a_row = 0

    @property
    def complaint(self) -> str | None:
        """Return what its server says of its configuration; of a model that never answered, what it said last."""
        unclear = next(reversed(self._gate.unclear.values())).error if self._gate.unclear else None
        return self._gate.stopped or unclear

    async def work(self) -> None:
        """Send one request after the other until there are no more, the model is stopped or the ceiling is reached."""
        while True:
            waited = await self._gate.enter()
            try:
                request = None if self._ends() else next(self._requests, None)
                if request is None or not await self._send(request):
                    return
            finally:
                if waited:
                    await self._gate.leave()

    def _ends(self) -> bool:
        limit = max(GIVE_UP, self.concurrency)
        return self._budget.stopped or self._gate.stopped is not None or self._failed_in_a_row >= limit

    async def _send(self, request: ModelRequest) -> bool:
        """Send one request and journal its outcome; return False if the ceiling forbids it."""
        worst = worst_cost(self._model, _bytes_of(request), request.max_tokens)
        if not await self._budget.reserve(worst):
            return False
        cost = at_most = None
        try:
            answer = await self._client.answer(request)
            cost = cost_of(self._model, answer.tokens_in, answer.tokens_out, replayed=answer.replayed)
            at_most = worst if cost is None and answer.kind in {"text", "refused"} else None
        finally:
            self._budget.settle(worst, at_most if cost is None else cost)
        self._note(request.key, self._gate.judged(request.key, answer), cost, at_most or None)
        for key, resolved in self._gate.resolved().items():
            self._note(key, resolved, None, None)
        return True

    def _note(self, key: str, answer: ModelAnswer, cost: float | None, at_most: float | None) -> None:
        if answer.kind == "transient":
            self._failed_in_a_row += 1
        elif answer.kind != "misconfigured":
            self._failed_in_a_row = 0
        outcome = _outcome(key, answer, cost, at_most, self._now())
        self._journal.done(outcome)
        self._on_outcome(self.name, outcome, self._gate.stopped)


def _outcome(key: str, answer: ModelAnswer, cost: float | None, at_most: float | None, at: str) -> Outcome:
    return Outcome(
        key=key,
        kind=answer.kind,
        raw=answer.text,
        reasoning=answer.reasoning,
        finish=answer.finish,
        tokens_in=answer.tokens_in,
        tokens_out=answer.tokens_out,
        tokens_reasoning=answer.tokens_reasoning,
        latency_ms=answer.latency_ms,
        queue_ms=answer.queue_ms,
        retry_ms=answer.retry_ms,
        cost=cost,
        at_most=at_most,
        attempts=answer.attempts,
        unseen=answer.unseen,
        error=answer.error,
        at=at,
        form=answer.form,
        served=answer.served,
    )


async def _sync_regularly(journal: RequestJournal) -> None:
    while True:
        await asyncio.sleep(SYNC_EVERY_S)
        await asyncio.to_thread(journal.sync)


def _bytes_of(request: ModelRequest) -> int:
    parts = [message.content for message in request.messages or ()] + [request.text or ""]
    return sum(len(part.encode()) for part in parts)


def _first(errors: BaseExceptionGroup[Exception]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
