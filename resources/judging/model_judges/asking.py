"""Lets an experiment's judges of the catalog answer what they have not: journaled, each under a lease of its own."""

from collections.abc import Sequence

from contracts.storage import Fence
from core.benchmark.records import definitions_of
from core.benchmark.spec import Spec
from core.judging.model_judges.ceiling import judge_ceiling_of
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.standing import ATTEMPTS
from resources.asking.budget import Budget
from resources.bench_context import BenchContext
from resources.collect.judges import model_of_today
from resources.judging.equal_tips import share_items
from resources.judging.import_export import COLUMNS, JUDGED, PUBLISH_WAIT_S, inherit
from resources.judging.model_judges.commands import command_trouble
from resources.judging.model_judges.journals import judge_journal_of, spent_by
from resources.judging.model_judges.requests import Judged, JudgeRequests
from resources.judging.model_judges.served_as import ServedAs, note_served_as
from resources.judging.model_judges.shown_items import OpenItem, open_items
from resources.judging.model_judges.trying import JudgeInTrial, close_trial, is_closed, try_before_paying
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.journal import Journal
from resources.lake.lock import writing, writing_judge
from resources.models.registry import check_keys


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
        asking = JudgeRequests(bench, spec, judge, definition, model, items, journal, budget)
        asking.judged.stopped = command_trouble(bench, definition.entry)
        known, tried = asking.judged.served, JudgeInTrial(bench, spec, judge, definition, asking)
        if retry:
            asking.reopen()
        if is_closed(tried, retry=retry):
            return asking.count(is_used=False)
        try_before_paying(tried, items, fence)
        known = _note_served(bench, name, asking, known, fence)
        for _ in range(ATTEMPTS):
            if not asking.due() or asking.is_held_up:
                break
            asking.round()
            known = _note_served(bench, name, asking, known, fence)
        if accept:
            asking.accept()
            close_trial(tried, fence)
        return asking.count(is_used=not asking.judged.is_held)


def _note_served(bench: BenchContext, name: str, asking: JudgeRequests, known: ServedAs, fence: Fence) -> ServedAs:
    """Store what is known of a judge's server where that is new, and return it."""
    if asking.judged.served != known:
        note_served_as(bench.home, name, asking.judged.judge, asking.judged.served, fence)
    return asking.judged.served
