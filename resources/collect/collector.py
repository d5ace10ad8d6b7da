"""Requests from every model of an experiment what its journal does not hold yet, and counts what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from contracts.benchmark.models import ModelClient, ModelRequest
from core.benchmark.grid import Generation, Shard, expected, grid, request_seed
from core.benchmark.outcome import Outcome, spent_in_words
from core.benchmark.render import Rendered, render
from core.benchmark.spec import Spec
from core.plurals import counted
from resources.asking.ask_all import ModelRequests, ask_all
from resources.asking.budget import Budget
from resources.collect.progress import Advance, CellCounts, ModelProgress, Progress
from resources.lake.journal import Journal


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
        why += (
            [f"stopped at the ceiling max_cost, {spent_in_words(self.cost, self.at_most, ())}"] if self.stopped else []
        )
        why += [f"{model}: {error}" for model, error in self.trouble.items() if model not in self.stopped_models]
        why += [f"model {model} is not set up right: {error}" for model, error in self.stopped_models.items()]
        return f"{self.left} of {self.expected} generations have no final outcome ({'; '.join(why) or 'not asked yet'})"


class Collector:
    """One collecting run over one open journal, of a whole experiment or of the generations of a shard."""

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
        shard: Shard | None = None,
    ) -> None:
        self._spec, self._journal, self._clients, self._shard = spec, journal, clients, shard
        self._now, self._progress = now, progress
        self._taken_over = taken_over
        self._budget = Budget(ceiling, journal.index.cost + journal.index.at_most)
        self._unseen = {**journal.index.unseen, **dict.fromkeys(journal.index.in_flight, 1)}
        self._expected_by, self._done_by, self._retries = Counter[str](), Counter[str](), 0
        self._answered, self._stopped = set[str](), set[str]()
        self._cells = CellCounts(*([0] * len(spec.cells) for _ in range(3)))
        self._cell_of: dict[str, int] = {}
        self.report = Collected(expected(spec, shard), taken_over=len(taken_over), cost=journal.index.cost)

    async def run(self) -> Collected:
        """Request everything that is missing and return what was done; without any, no client is used.

        Raise JournalFull if the disk is full, or a model client's error, with all workers stopped.
        """
        report, index = self.report, self._journal.index
        self._count_what_is_there()
        self._report_progress()
        if report.left:
            missing = [
                ModelRequests(model, self._missing(place), model.name in self._answered)
                for place, model in enumerate(self._spec.models)
            ]
            report.stopped_models = await ask_all(
                missing, self._journal, self._clients, self._budget, now=self._now, on_outcome=self._count
            )
        report.stopped, report.at_most = self._budget.stopped, index.at_most
        if index.misconfigured:
            part = grid(self._spec, shard=self._shard)
            report.misconfigured = sum(generation.key in index.misconfigured for generation in part)
        return report

    def _count_what_is_there(self) -> None:
        report, index = self.report, self._journal.index
        for generation in grid(self._spec, shard=self._shard):
            name = self._spec.models[self._spec.cells[generation.cell][0]].name
            is_final, cells = self._is_final(generation.key), self._cells
            failed = generation.key in index.final and generation.key not in index.answered
            cells.expected[generation.cell] += 1
            cells.done[generation.cell] += is_final
            cells.failed[generation.cell] += failed
            self._expected_by[name] += 1
            self._done_by[name] += is_final
            report.done += is_final
            report.failed += failed
            if generation.key in index.answered:
                self._answered.add(name)

    def _is_final(self, key: str) -> bool:
        return key in self._journal.index.final or key in self._taken_over

    def _missing(self, model: int) -> Iterator[ModelRequest]:
        cells = [cell for cell, (m, _) in enumerate(self._spec.cells) if m == model]
        shown: tuple[int, int] | None = None
        for generation in grid(self._spec, cells, self._shard):
            if self._is_final(generation.key):
                continue
            if shown != (generation.cell, generation.scenario):
                shown = (generation.cell, generation.scenario)
                rendered = rendered_for(self._spec, generation)
            self._cell_of[generation.key] = generation.cell
            yield request_for(self._spec, generation, rendered)

    def _count(self, model: str, outcome: Outcome, stopped: str | None) -> None:
        report = self.report
        report.requested += 1
        self._retries += max(0, outcome.attempts - 1)
        transient = outcome.kind == "transient"
        report.maybe_paid_twice += self._unseen.pop(outcome.key, 0) + max(0, outcome.unseen - transient)
        report.cost = self._journal.index.cost
        if stopped:
            self._stopped.add(model)
        if transient:
            report.transient += 1
            report.trouble[model] = outcome.error or "no answer"
        elif outcome.kind != "misconfigured":
            report.done += 1
            self._done_by[model] += 1
            report.failed += outcome.kind != "text"
            report.trouble.pop(model, None)
            cell = self._cell_of.pop(outcome.key)
            self._cells.done[cell] += 1
            self._cells.failed[cell] += outcome.kind != "text"
        self._report_progress()

    def _report_progress(self) -> None:
        report = self.report
        models = tuple(
            ModelProgress(name, self._done_by[name], total, name in self._stopped)
            for name, total in self._expected_by.items()
        )
        cells = self._cells
        self._progress(Progress(report.done, report.expected, report.failed, self._retries, report.cost, models, cells))


def rendered_for(spec: Spec, generation: Generation) -> Rendered:
    """Return the prompt of a generation, rendered for its model and scenario; raise RenderError."""
    model, prompt = spec.cells[generation.cell]
    return render(spec.prompts[prompt], spec.scenarios[generation.scenario], spec.models[model].api)


def request_for(spec: Spec, generation: Generation, rendered: Rendered) -> ModelRequest:
    """Return the request for a generation, with the seed mixed from the spec's and the key."""
    model, prompt = spec.cells[generation.cell]
    return ModelRequest(
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
