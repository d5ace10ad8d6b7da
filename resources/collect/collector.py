"""Requests from every model what the journal does not hold yet, and journals each outcome as it comes."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from contracts.benchmark.models import ModelAnswer, ModelClient, TipRequest
from core.benchmark.grid import Generation, expected, grid, request_seed
from core.benchmark.model import Model
from core.benchmark.outcome import Outcome, cost_of, worst_cost
from core.benchmark.render import Rendered, render
from core.benchmark.spec import Spec
from core.plurals import counted
from resources.collect.budget import Budget
from resources.collect.model_gate import ModelGate
from resources.collect.progress import Advance, ModelProgress, Progress
from resources.lake.journal import Journal

GIVE_UP = 10


@dataclass
class Collected:
    """What a collecting run did; `maybe_paid_twice` counts requests sent again whose first answer was never seen.

    `requested` counts the generations that this run sent. `failed` counts every final outcome that is not a text, of
    earlier runs too; `cut` the tips that end where their model ran out of tokens. `stopped_models` holds the server's
    words by model whose configuration is wrong, `trouble` the last transient error by model.
    """

    expected: int
    taken_over: int = 0
    done: int = 0
    requested: int = 0
    failed: int = 0
    cut: int = 0
    transient: int = 0
    misconfigured: int = 0
    maybe_paid_twice: int = 0
    cost: float = 0.0
    at_most: float = 0.0
    stopped: bool = False
    stopped_models: dict[str, str] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Return the number of generations without a final outcome."""
        return self.expected - self.done

    def paid_twice(self) -> str | None:
        """Return for people to read what may be paid twice, None if nothing is."""
        count = self.maybe_paid_twice
        again = counted(count, "request was", "requests were")
        they = "it" if count == 1 else "they"
        return f"{again} sent again whose first answer was never seen: {they} may be paid twice" if count else None

    def sentence(self) -> str:
        """Return what is left and why, for people to read."""
        why = [f"{self.transient} failed for now"] if self.transient else []
        unsaid = f" and up to {self.at_most:.6g} USD where the server did not say" if self.at_most else ""
        why += [f"stopped at the ceiling max_cost, {self.cost:.6g} USD spent{unsaid}"] if self.stopped else []
        why += [f"{model}: {error}" for model, error in self.trouble.items() if model not in self.stopped_models]
        why += [f"model {model} is not set up right: {error}" for model, error in self.stopped_models.items()]
        return f"{self.left} of {self.expected} generations have no final outcome ({'; '.join(why) or 'not asked yet'})"


class Collector:
    """One collecting run over one open journal."""

    def __init__(
        self,
        spec: Spec,
        journal: Journal,
        clients: Mapping[str, ModelClient],
        *,
        taken_over: frozenset[str],
        ceiling: float | None,
        now: Callable[[], str],
        progress: Advance,
    ) -> None:
        self._spec, self._journal, self._clients = spec, journal, clients
        self._now, self._progress = now, progress
        self._taken_over = taken_over
        self._budget = Budget(ceiling, journal.index.cost + journal.index.at_most)
        self._unseen = {**journal.index.unseen, **dict.fromkeys(journal.index.in_flight, 1)}
        self._in_a_row: dict[str, int] = {}
        self._gates = {model.name: ModelGate(answered=False) for model in spec.models}
        self._expected_by, self._done_by, self._retries = Counter[str](), Counter[str](), 0
        self.report = Collected(expected(spec), taken_over=len(taken_over), cost=journal.index.cost)

    async def run(self) -> Collected:
        """Request everything that is missing and return what was done; without any, no client is used.

        Raise JournalFull if the disk is full, or a model client's error, with all workers stopped.
        """
        report = self.report
        index = self._journal.index
        for generation in grid(self._spec):
            name, is_final = (
                self._spec.models[self._spec.cells[generation.cell][0]].name,
                self._is_final(generation.key),
            )
            self._expected_by[name] += 1
            self._done_by[name] += is_final
            report.done += is_final
            report.failed += generation.key in index.final and generation.key not in index.answered
            if generation.key in index.answered:
                self._gates[name].answered = True
        self._report_progress()
        if report.left:
            await self._request_missing()
        report.stopped, report.at_most = self._budget.stopped, self._journal.index.at_most
        report.misconfigured = sum(generation.key in index.misconfigured for generation in grid(self._spec))
        for name, gate in self._gates.items():
            unclear = next(reversed(gate.unclear.values())).error if gate.unclear else None
            if words := gate.stopped or unclear:
                report.stopped_models[name] = words
        return report

    async def _request_missing(self) -> None:
        syncing = asyncio.create_task(self._sync_each_second())
        try:
            async with asyncio.TaskGroup() as group:
                for place, model in enumerate(self._spec.models):
                    queue = self._missing(place)
                    for _ in range(self._clients[model.name].concurrency(model)):
                        group.create_task(self._work(place, queue))
        except ExceptionGroup as errors:  # what a person can mend, alone instead of in a group
            raise _first(errors.subgroup((OSError, RuntimeError, ValueError)) or errors) from None
        finally:
            syncing.cancel()
            with suppress(asyncio.CancelledError):
                await syncing

    def _is_final(self, key: str) -> bool:
        return key in self._journal.index.final or key in self._taken_over

    def _missing(self, model: int) -> Iterator[tuple[Generation, Rendered]]:
        cells = [cell for cell, (m, _) in enumerate(self._spec.cells) if m == model]
        shown: tuple[int, int] | None = None
        for generation in grid(self._spec, cells):
            if self._is_final(generation.key):
                continue
            if shown != (generation.cell, generation.scenario):
                shown = (generation.cell, generation.scenario)
                rendered = rendered_for(self._spec, generation)
            yield generation, rendered

    async def _work(self, model_index: int, queue: Iterator[tuple[Generation, Rendered]]) -> None:
        model = self._spec.models[model_index]
        gate = self._gates[model.name]
        limit = max(GIVE_UP, self._clients[model.name].concurrency(model))
        while True:
            waited = await gate.enter()
            try:
                following = None if self._ends(model.name, limit) else next(queue, None)
                if following is None or not await self._request(model, *following):
                    return
            finally:
                if waited:
                    await gate.leave()

    def _ends(self, model: str, limit: int) -> bool:
        stopped = self._budget.stopped or self._gates[model].stopped is not None
        return stopped or self._in_a_row.get(model, 0) >= limit

    async def _request(self, model: Model, generation: Generation, rendered: Rendered) -> bool:
        """Request one generation and journal its outcome; return False if the ceiling forbids the request."""
        request = request_for(self._spec, generation, rendered)
        worst = worst_cost(model, _bytes_of(request), request.max_tokens)
        if not await self._budget.reserve(worst):
            return False
        cost = at_most = None
        try:
            answer = await self._clients[model.name].answer(request)
            cost = cost_of(model, answer.tokens_in, answer.tokens_out, replayed=answer.replayed)
            at_most = worst if cost is None and answer.kind in {"text", "refused"} else None
        finally:
            self._budget.settle(worst, at_most if cost is None else cost)
        gate = self._gates[model.name]
        self._journal_answer(model.name, request.key, gate.judged(request.key, answer), cost, at_most or None)
        for key, resolved in gate.resolved().items():
            self._journal_answer(model.name, key, resolved, None, None)
        return True

    def _journal_answer(
        self, model: str, key: str, answer: ModelAnswer, cost: float | None, at_most: float | None
    ) -> None:
        self._journal.done(
            Outcome(
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
                at=self._now(),
            )
        )
        self._count(model, key, answer)
        self._report_progress()

    def _count(self, model: str, key: str, answer: ModelAnswer) -> None:
        report = self.report
        report.requested += 1
        self._retries += max(0, answer.attempts - 1)
        transient = answer.kind == "transient"
        report.maybe_paid_twice += self._unseen.pop(key, 0) + max(0, answer.unseen - transient)
        report.cost = self._journal.index.cost
        if transient:
            report.transient += 1
            self._in_a_row[model] = self._in_a_row.get(model, 0) + 1
            report.trouble[model] = answer.error or "no answer"
        elif answer.kind != "misconfigured":
            report.done += 1
            self._done_by[model] += 1
            report.failed += answer.kind != "text"
            self._in_a_row[model] = 0
            report.trouble.pop(model, None)

    def _report_progress(self) -> None:
        report = self.report
        models = tuple(
            ModelProgress(name, self._done_by[name], total, self._gates[name].stopped is not None)
            for name, total in self._expected_by.items()
        )
        self._progress(Progress(report.done, report.expected, report.failed, self._retries, report.cost, models))

    async def _sync_each_second(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            await asyncio.to_thread(self._journal.sync)


def rendered_for(spec: Spec, generation: Generation) -> Rendered:
    """Return the prompt of a generation, rendered for its model and scenario; raise RenderError."""
    model, prompt = spec.cells[generation.cell]
    return render(spec.prompts[prompt], spec.scenarios[generation.scenario], spec.models[model].api)


def request_for(spec: Spec, generation: Generation, rendered: Rendered) -> TipRequest:
    """Return the request for a generation, with the seed mixed from the spec's and the key."""
    model, prompt = spec.cells[generation.cell]
    return TipRequest(
        key=generation.key,
        model=spec.models[model],
        prompt=spec.prompts[prompt].name,
        scenario=spec.scenarios[generation.scenario],
        tip_index=generation.tip_index,
        messages=rendered.messages,
        text=rendered.text,
        stop=rendered.stop,
        max_tokens=spec.prompts[prompt].max_tokens,
        temperature=spec.temperature or 0.0,
        seed=request_seed(spec, generation.key),
    )


def _bytes_of(request: TipRequest) -> int:
    parts = [message.content for message in request.messages or ()] + [request.text or ""]
    return sum(len(part.encode()) for part in parts)


def _first(errors: BaseExceptionGroup[Exception]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
