"""Lets an experiment's judges of the catalog answer what they have not: journaled, each under a lease of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from contracts.storage import Fence
from core.benchmark.records import definitions_of
from core.benchmark.spec import Spec
from core.judging.model_judges.ceiling import judge_ceiling_of
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.standing import ATTEMPTS
from resources.asking.budget import Budget
from resources.bench_context import BenchContext
from resources.collect.judges import model_of_today
from resources.judging.anchors import due_anchors
from resources.judging.equal_tips import share_items
from resources.judging.import_export import ANSWERED, COLUMNS, JUDGED, PUBLISH_WAIT_S, inherit
from resources.judging.items import Items
from resources.judging.model_judges.commands import command_trouble
from resources.judging.model_judges.journals import judge_journal_of, spent_by
from resources.judging.model_judges.requests import Judged, JudgeRequests
from resources.judging.model_judges.served_as import note_served_as
from resources.judging.model_judges.shown_items import OpenItem, open_anchor_items, open_items
from resources.judging.model_judges.trying import JudgeInTrial, close_trial, is_closed, try_before_paying
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.journal import Journal, OutcomeReader
from resources.lake.lock import writing, writing_judge
from resources.models.registry import check_keys


def ask_judges(bench: BenchContext, spec: Spec, *, accept: bool = False, retry: bool = False) -> list[Judged]:
    """Let every judge of the catalog answer what it has not, and return what came of each that had anything to do.

    With `accept`, what has no answer afterwards stays without a score; with `retry`, what stayed so is requested again.
    The experiment's lease is held for moments only. Raise WriterBusy if the judge is being asked already, JournalFull
    if the disk is full, MissingKey for a model without its key.
    """
    found = []
    for judge, definition in definitions_of(bench.on_record(spec.experiment).records).items():
        items = items_in_ledger(bench, spec, judge)
        if items:
            with opened(bench, spec, judge, definition, items) as (tried, fence):
                found.append(_ask(tried, items, fence, accept=accept, retry=retry))
    return found


def judging_cost(bench: BenchContext, spec: Spec) -> float:
    """Return the USD that model judges have cost in an experiment, at most, where a server did not say."""
    judges = definitions_of(bench.on_record(spec.experiment).records)
    return sum(spent_by(bench.home, spec.experiment, judge) for judge in judges)


def items_in_ledger(bench: BenchContext, spec: Spec, judge: str) -> list[OpenItem]:
    """Return the items without an answer of a judge on record, anchors among them, all in a ledger then."""
    name = spec.experiment
    with writing(bench.home, name, purpose=f"items of {judge}", now=bench.now(), wait_s=PUBLISH_WAIT_S) as fence:
        inherit(bench, spec, fence)
        tips = candidates(bench.home, name).table(COLUMNS)
        share_items(bench.home, spec, judge, tips, fence)
        dataset = Scores(bench.home, name, spec.rubric)
        scores = dataset.in_force(ANSWERED if spec.extends else JUDGED)
        again = due_anchors(bench.home, spec, judge, tips, scores, dataset.repeats())["candidate_id"].to_pylist()
        Items(bench.home, name, anchors=True, fence=fence).add(judge, again, 0)
    found = open_items(bench.home, spec, judge, tips, scores)
    anchors = open_anchor_items(bench.home, spec, judge, tips, again)
    return sorted([*found, *anchors], key=lambda each: each.seen.mark)


@contextmanager
def opened(
    bench: BenchContext, spec: Spec, judge: str, definition: JudgeDefinition, items: Sequence[OpenItem]
) -> Iterator[tuple[JudgeInTrial, Fence]]:
    """Yield a judge that can be asked about these items, over its journal and under its lease, and the fence.

    Its budget is what the ceiling leaves after all judges of the experiment. Raise what ask_judges raises.
    """
    home, name = bench.home, spec.experiment
    model, records = model_of_today(bench, definition), bench.on_record(name).records
    check_keys([model], bench.keys)
    ceiling = judge_ceiling_of(records)
    others = [other for other in definitions_of(records) if other != judge]
    budget = Budget(ceiling, 0.0 if ceiling is None else sum(spent_by(home, name, other) for other in others))
    with (
        writing_judge(home, name, judge, purpose=f"asking judge {judge}", now=bench.now()) as fence,
        Journal(judge_journal_of(home, name, judge), fence) as journal,
        OutcomeReader(journal.store) as outcomes,
    ):
        budget.spent += journal.index.cost + journal.index.at_most
        asking = JudgeRequests(bench, spec, judge, definition, model, items, journal, outcomes, budget)
        asking.judged.stopped = command_trouble(bench, definition.entry)
        yield JudgeInTrial(bench, spec, judge, definition, asking), fence
        note_served_as(home, name, judge, asking.judged.served, fence)


def _ask(tried: JudgeInTrial, items: Sequence[OpenItem], fence: Fence, *, accept: bool, retry: bool) -> Judged:
    asking, home, name = tried.asking, tried.bench.home, tried.spec.experiment
    if retry:
        asking.reopen()
    if is_closed(tried, retry=retry):
        return asking.count(is_used=False)
    try_before_paying(tried, items, fence)
    note_served_as(home, name, tried.judge, asking.judged.served, fence)
    for _ in range(ATTEMPTS):
        due = asking.due()
        if not due or asking.is_held_up:
            break
        asking.round(due)
        note_served_as(home, name, tried.judge, asking.judged.served, fence)
    if accept:
        asking.accept()
        close_trial(tried, fence)
    return asking.count(is_used=not asking.judged.is_held)
