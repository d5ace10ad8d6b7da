"""What one judge is sent and what came of it, over its open journal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from contracts.benchmark.models import ModelRequest
from core.benchmark.model import Model
from core.benchmark.outcome import Outcome, spent_in_words
from core.benchmark.prompt import PromptMessage
from core.benchmark.spec import Spec
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.prompt import ShownItem, answer_schema, filler
from core.judging.model_judges.standing import DueRequest, NumberedAnswer, Standing
from core.plurals import counted
from kit.cancellation import run_cancellable
from resources.asking.ask_all import ModelRequests, ask_all
from resources.asking.budget import Budget
from resources.bench_context import BenchContext
from resources.collect.progress import Advance, ModelProgress, Progress
from resources.judging.model_judges.commands import item_for_command, open_judge_clients
from resources.judging.model_judges.journals import JudgeAnswers
from resources.judging.model_judges.served_as import ServedAs, served_as
from resources.judging.model_judges.shown_items import OpenItem
from resources.lake.journal import Journal, OutcomeReader

Due = tuple[OpenItem, DueRequest]


@dataclass
class Judged:
    """What asking one judge came to; items are its own. `trouble` is the last transient error, `stopped` why it ended.

    `scored` and `without_score` count items that it answered and that stay without a score, in earlier runs too, of
    those that were open when this run began; `cost` is all that its journal says, in USD, `at_most` what answers can
    have cost of which the server did not say it, `unpriced` a model whose price is not known, `key_env` the variable of
    its key. `at_ceiling`: the next
    request might have passed max_judge_cost. `trial` is what one that was made now tells, `refused` what it found where
    that stops the judge; `is_untried` says that it has no end yet, `is_late` that nobody waits for it any more.
    """

    judge: str
    open_before: int
    scored: int = 0
    without_score: int = 0
    cost: float = 0.0
    at_most: float = 0.0
    at_ceiling: bool = False
    trouble: str | None = None
    stopped: str | None = None
    refused: str | None = None
    trial: str | None = None
    is_untried: bool = False
    is_late: bool = False
    served: ServedAs = field(default_factory=ServedAs)
    by_command: bool = False
    unpriced: tuple[str, ...] = ()
    key_env: str | None = None

    @property
    def is_held(self) -> bool:
        """Return whether its trial stops it or has no end, so that none of its answers counts."""
        return self.refused is not None or self.is_untried

    @property
    def left(self) -> int:
        """Return how many items still wait for an answer."""
        return self.open_before - self.scored - self.without_score

    def sentence(self) -> str:
        """Return what came of it, for people to read."""
        without = f", {self.without_score} stay without a score" if self.without_score else ""
        done = f"judge {self.judge} answered {self.scored} of {counted(self.open_before, 'item')}{without}"
        stopped = "".join(f"; {said}" for said in (self.trial, self.refused) if said)
        spent = spent_in_words(self.cost, self.at_most, self.unpriced, " on judging")
        spent = "what its command costs is not known" if self.by_command else spent
        return f"{done}, {spent}{self.served.in_words()}{stopped}"

    def why_left(self) -> str:
        """Return what is left and why, for people to read."""
        if self.refused:
            return self.refused
        why = self.trouble or "not reached yet"
        if self.at_ceiling:
            why = "stopped at the ceiling max_judge_cost"
        if self.stopped:
            key = f" or the key in {self.key_env}" if self.key_env else ""
            correct = "" if self.by_command else f"; correct its entry in catalog/models.toml{key}"
            why = f"its {'command' if self.by_command else 'model'} is not set up right: {self.stopped}{correct}"
        elif self.is_untried:
            why = f"its trial has no end: {why}"
        return f"judge {self.judge} has not answered {self.left} of {counted(self.open_before, 'item')} ({why})"


class JudgeRequests:
    """One judge that is being asked, over its open journal."""

    def __init__(
        self,
        bench: BenchContext,
        spec: Spec,
        judge: str,
        definition: JudgeDefinition,
        model: Model,
        items: Sequence[OpenItem],
        journal: Journal,
        outcomes: OutcomeReader,
        budget: Budget,
    ) -> None:
        self._bench, self._spec, self._definition, self._model = bench, spec, definition, model
        self._items, self._journal, self._budget = items, journal, budget
        self._answers = JudgeAnswers(outcomes, journal.index, spec.rubric, definition)
        self._sent, self._is_scored = dict[str, Due](), dict[str, bool]()  # by key; by item with nothing due
        known, by_command = served_as(bench.home, spec.experiment, judge), bool(definition.entry.command)
        unpriced = (model.priced.name,) if model.has_unknown_price else ()
        key_env = model.endpoint.key_env if model.endpoint else None
        self.judged = Judged(judge, len(items), served=known, by_command=by_command, unpriced=unpriced, key_env=key_env)
        self.called: str | None = None  # what the server called its model in the last answer that came
        self.has_answered = False
        self._latencies_ms: list[float] = []
        self._schemas = [answer_schema(part) for part in self._answers.parts]
        self._fill = [filler(definition.entry.prompt, part) for part in self._answers.parts]

    @property
    def has_due(self) -> bool:
        """Return whether any request is to be sent."""
        return any(self._standing(item).due for item in self._items if item.item not in self._is_scored)

    def due(self) -> list[Due]:
        """Return every request that is to be sent, with its item."""
        still = (item for item in self._items if item.item not in self._is_scored)
        return [(item, request) for item in still for request in self._standing(item).due]

    def answer(self, seen: ShownItem, number: int) -> tuple[list[DueRequest], NumberedAnswer | None]:
        """Return what is due of one answer to an item, whether it is of the experiment or planted, and that answer."""
        return self._answers.answer(seen, number)

    def sent(self, seen: ShownItem) -> str:
        """Return what is sent of an item, or of its first criterion where each is put by itself."""
        return self._text(seen, self._answers.parts_for(seen)[1], seed=0)

    def _text(self, seen: ShownItem, part: int, seed: int) -> str:
        if self._definition.entry.command:
            return item_for_command(seen, self._answers.parts[part], seed)
        return self._fill[part](seen)

    def raw(self, answer: NumberedAnswer) -> str | None:
        """Return what the model wrote, None where it wrote nothing."""
        return self._answers.raw(answer.keys)

    @property
    def cost(self) -> float:
        """Return what the judge has cost by now, in USD, at most, where its server did not say."""
        return self._journal.index.cost + self._journal.index.at_most

    @property
    def seconds(self) -> float | None:
        """Return the median seconds that answers took since it was opened, None without any."""
        return median(self._latencies_ms) / 1000 if self._latencies_ms else None

    @property
    def is_held_up(self) -> bool:
        """Return whether no more is requested: by the model, which is not set up right, the ceiling, or the trial."""
        return self.judged.stopped is not None or self._budget.stopped or self.judged.is_held

    def round(self, due: Sequence[Due]) -> None:
        """Send these due requests once; what is no score is due again then, up to its last attempt."""
        with self._bench.show_progress(f"judging {self._spec.experiment} by {self.judged.judge}", len(due)) as advance:
            stopped = run_cancellable(self._send(due, advance))
        self.judged.stopped = stopped.get(self._model.name)

    async def _send(self, due: Sequence[Due], advance: Advance) -> dict[str, str]:
        done, failed, name = 0, 0, self._model.name

        def note(_: str, outcome: Outcome, stopped: str | None) -> None:
            nonlocal done, failed
            item, (_, part) = self._sent[outcome.key]
            self._answers.take(outcome, part)
            if outcome.final:
                self._standing(item)  # while others are answered, so that `due` looks at what is left alone
            self.judged.served = self.judged.served.after(outcome)
            if outcome.kind == "text":
                self.called, self.has_answered = outcome.served, True
                self._latencies_ms += [] if outcome.latency_ms is None else [outcome.latency_ms]
            done, failed = done + outcome.final, failed + (outcome.kind != "text" and outcome.final)
            if outcome.kind == "transient":
                self.judged.trouble = outcome.error or "no answer"
            at = (ModelProgress(name, done, len(due), stopped is not None),)
            advance(Progress(done, len(due), failed, cost=self._journal.index.cost, models=at))

        async with open_judge_clients(
            self._bench, self._definition, self._model, seed=self._spec.seed, on_send=self._journal.sent
        ) as clients:
            requests = ModelRequests(self._model, self._requests(due), bool(self._journal.index.answered))
            return await ask_all([requests], self._journal, clients, self._budget, now=self._bench.now, on_outcome=note)

    def _requests(self, due: Sequence[Due]) -> Iterator[ModelRequest]:
        entry = self._definition.entry
        for item, request in due:
            key, part = request
            self._sent[key] = item, request
            seed = int(key[:8], 16) >> 1
            is_chat = self._model.api == "chat" and not entry.command
            text = self._text(item.seen, part, seed)
            yield ModelRequest(
                key=key,
                model=self._model,
                messages=(PromptMessage("user", text),) if is_chat else None,
                text=None if is_chat else text,
                stop=(),
                max_tokens=entry.max_tokens,
                temperature=entry.temperature,
                seed=seed,
                schema=self._schemas[part],
                form=self.judged.served.form,
            )

    def reopen(self) -> None:
        """Reopen every request of items that stay without a score."""
        for item in self._items:
            standing = self._standing(item)
            if standing.why is not None:
                self._is_scored.pop(item.item, None)
                for key, _ in standing.keys:
                    if key in self._journal.index.final:
                        self._journal.reopen(key)

    def accept(self) -> None:
        """Make every item without an answer one that stays without a score, with the last error."""
        for _, (key, part) in self.due():
            why = self.judged.stopped or self.judged.trouble or "not answered"
            outcome = Outcome(
                key=key, kind="failed", error=f"accepted as failed: {why}", at=self._bench.now(), accepted=True
            )
            self._journal.done(outcome)
            self._answers.take(outcome, part)

    def count(self, *, is_used: bool = True) -> Judged:
        """Return what came of it, counted over all items; of a judge that is not used none has a score."""
        for item in self._items if is_used else ():
            if item.item not in self._is_scored:
                self._standing(item)
            self.judged.scored += self._is_scored.get(item.item) is True
            self.judged.without_score += self._is_scored.get(item.item) is False
        self.judged.cost, self.judged.at_most = self._journal.index.cost, self._journal.index.at_most
        self.judged.at_ceiling = self._budget.stopped
        return self.judged

    def _standing(self, item: OpenItem) -> Standing:
        found = self._answers.standing(item.seen)
        if found.reading is not None or found.why is not None:
            self._is_scored[item.item] = found.reading is not None
        return found
