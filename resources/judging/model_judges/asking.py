"""Lets an experiment's judges of the catalog answer what they have not: journaled, each under a lease of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from contracts.benchmark.models import ModelRequest
from core.benchmark.model import Model
from core.benchmark.outcome import Outcome
from core.benchmark.prompt import PromptMessage
from core.benchmark.records import definitions_of
from core.benchmark.spec import Spec
from core.judging.model_judges.ceiling import judge_ceiling_of
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.prompt import answer_schema, filled_in
from core.judging.model_judges.standing import ATTEMPTS, DueRequest, Standing, standing_of
from core.plurals import counted
from kit.cancellation import run_cancellable
from resources.asking.ask_all import ModelRequests, ask_all
from resources.asking.budget import Budget
from resources.bench_context import BenchContext
from resources.collect.judges import model_of_today
from resources.collect.progress import Advance, ModelProgress, Progress
from resources.judging.equal_tips import share_items
from resources.judging.import_export import COLUMNS, JUDGED, PUBLISH_WAIT_S, inherit
from resources.judging.model_judges.commands import command_trouble, item_for_command, open_judge_clients
from resources.judging.model_judges.journals import JudgeAnswers, judge_journal_of, spent_by
from resources.judging.model_judges.served_as import ServedAs, note_served_as, served_as
from resources.judging.model_judges.shown_items import OpenItem, open_items
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.journal import Journal
from resources.lake.lock import writing, writing_judge
from resources.models.registry import check_keys


@dataclass
class Judged:
    """What asking one judge came to; items are its own. `trouble` is the last transient error, `stopped` why it ended.

    `scored` and `without_score` count items that it answered and that stay without a score, in earlier runs too, of
    those that were open when this run began; `cost` is all that its journal says, in USD. `at_ceiling`: the next
    request might have passed max_judge_cost.
    """

    judge: str
    open_before: int
    scored: int = 0
    without_score: int = 0
    cost: float = 0.0
    at_ceiling: bool = False
    trouble: str | None = None
    stopped: str | None = None
    served: ServedAs = field(default_factory=ServedAs)
    by_command: bool = False

    @property
    def left(self) -> int:
        """Return how many items still wait for an answer."""
        return self.open_before - self.scored - self.without_score

    def sentence(self) -> str:
        """Return what came of it, for people to read."""
        without = f", {self.without_score} stay without a score" if self.without_score else ""
        done = f"judge {self.judge} answered {self.scored} of {counted(self.open_before, 'item')}{without}"
        spent = "what its command costs is not known" if self.by_command else f"{self.cost:.6g} USD spent on judging"
        return f"{done}, {spent}{self.served.in_words()}"

    def why_left(self) -> str:
        """Return what is left and why, for people to read."""
        why = self.trouble or "not reached yet"
        if self.at_ceiling:
            why = "stopped at the ceiling max_judge_cost"
        if self.stopped:
            why = f"its {'command' if self.by_command else 'model'} is not set up right: {self.stopped}"
        return f"judge {self.judge} has not answered {self.left} of {counted(self.open_before, 'item')} ({why})"


def ask_judges(bench: BenchContext, spec: Spec, *, accept: bool = False, retry: bool = False) -> list[Judged]:
    """Let every judge of the catalog answer what it has not, and return what came of each that had anything to do.

    With `accept`, what has no answer afterwards stays without a score; with `retry`, what stayed so is requested again.
    The experiment's lease is held for moments only. Raise WriterBusy if the judge is being asked already, JournalFull
    if the disk is full, MissingKey for a model without its key.
    """
    found = []
    records = bench.on_record(spec.experiment).records
    definitions, ceiling = definitions_of(records), judge_ceiling_of(records)
    for judge, definition in definitions.items():
        items = _open(bench, spec, judge)
        if items:
            others = [other for other in definitions if other != judge]
            spent = 0.0 if ceiling is None else sum(spent_by(bench.home, spec.experiment, other) for other in others)
            budget = Budget(ceiling, spent)
            found.append(_ask(bench, spec, judge, definition, items, budget, accept=accept, retry=retry))
    return found


def judging_cost(bench: BenchContext, spec: Spec) -> float:
    """Return the USD that model judges have cost in an experiment, at most, where a server did not say."""
    judges = definitions_of(bench.on_record(spec.experiment).records)
    return sum(spent_by(bench.home, spec.experiment, judge) for judge in judges)


def _open(bench: BenchContext, spec: Spec, judge: str) -> list[OpenItem]:
    """Return the items without an answer, all of which are in the ledger then."""
    name = spec.experiment
    with writing(bench.home, name, purpose=f"items of {judge}", now=bench.now(), wait_s=PUBLISH_WAIT_S) as fence:
        inherit(bench, spec, fence)
        tips = candidates(bench.home, name).table(COLUMNS)
        share_items(bench.home, spec, judge, tips, fence)
    return open_items(bench.home, spec, judge, tips, Scores(bench.home, name, spec.rubric).in_force(JUDGED))


def _ask(
    bench: BenchContext,
    spec: Spec,
    judge: str,
    definition: JudgeDefinition,
    items: Sequence[OpenItem],
    budget: Budget,
    *,
    accept: bool,
    retry: bool,
) -> Judged:
    name = spec.experiment
    model = model_of_today(bench, definition)
    check_keys([model], bench.keys)
    with (
        writing_judge(bench.home, name, judge, purpose=f"asking judge {judge}", now=bench.now()) as fence,
        Journal(judge_journal_of(bench.home, name, judge), fence) as journal,
    ):
        budget.spent += journal.index.cost + journal.index.at_most
        asking = _JudgeRequests(bench, spec, judge, definition, model, items, journal, budget)
        known = asking.judged.served
        asking.judged.stopped = command_trouble(bench, definition.entry)
        if retry:
            asking.reopen()
        for _ in range(ATTEMPTS):
            if not asking.due() or asking.judged.stopped or budget.stopped:
                break
            asking.round()
            if asking.judged.served != known:
                known = asking.judged.served
                note_served_as(bench.home, name, judge, known, fence)
        if accept:
            asking.accept()
        return asking.count()


class _JudgeRequests:
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
        budget: Budget,
    ) -> None:
        self._bench, self._spec, self._definition, self._model = bench, spec, definition, model
        self._items, self._journal, self._budget = items, journal, budget
        self._answers = JudgeAnswers(journal.store, journal.index, spec.rubric, definition)
        self._part_of = dict[str, int]()
        known, by_command = served_as(bench.home, spec.experiment, judge), bool(definition.entry.command)
        self.judged = Judged(judge, len(items), served=known, by_command=by_command)
        self._schemas = [answer_schema(part) for part in self._answers.parts]

    def due(self) -> list[tuple[OpenItem, DueRequest]]:
        """Return every request that is to be sent, with its item."""
        return [(item, request) for item in self._items for request in self._standing(item).due]

    def round(self) -> None:
        """Send every due request once; what is no score is due again then, up to its last attempt."""
        due = self.due()
        with self._bench.show_progress(f"judging {self._spec.experiment} by {self.judged.judge}", len(due)) as advance:
            stopped = run_cancellable(self._send(due, advance))
        self.judged.stopped = stopped.get(self._model.name)

    async def _send(self, due: Sequence[tuple[OpenItem, DueRequest]], advance: Advance) -> dict[str, str]:
        done, failed, name = 0, 0, self._model.name

        def note(_: str, outcome: Outcome, stopped: str | None) -> None:
            nonlocal done, failed
            self._answers.take(outcome, self._part_of[outcome.key])
            self.judged.served = self.judged.served.after(outcome)
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

    def _requests(self, due: Sequence[tuple[OpenItem, DueRequest]]) -> Iterator[ModelRequest]:
        entry = self._definition.entry
        for item, (key, part) in due:
            self._part_of[key] = part
            wanted, seed = self._answers.parts[part], int(key[:8], 16) >> 1
            is_chat = self._model.api == "chat" and not entry.command
            text = (
                item_for_command(item.seen, wanted, seed)
                if entry.command
                else filled_in(entry.prompt, item.seen, wanted)
            )
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

    def count(self) -> Judged:
        """Return what came of it, counted over all items."""
        for item in self._items:
            standing = self._standing(item)
            self.judged.scored += standing.reading is not None
            self.judged.without_score += standing.why is not None
        self.judged.cost, self.judged.at_ceiling = self._journal.index.cost, self._budget.stopped
        return self.judged

    def _standing(self, item: OpenItem) -> Standing:
        return standing_of(item.seen, self._answers.parts, self._definition, self._answers.look)
