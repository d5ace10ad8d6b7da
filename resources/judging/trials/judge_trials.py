"""Tries a judge of the catalog on a collected or adopted experiment, on record or not, without using its scores."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from contracts.benchmark.launches import JudgePlanView
from core.benchmark.options import OptionError
from core.benchmark.records import Record, definitions_of
from core.benchmark.spec import Spec
from core.judging.model_judges.ceiling import JudgeAnyway, used_anyway
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.trial import TRIED, JudgeTrial, passes_over, stop_in_words
from core.plurals import counted
from kit.cancellation import cancelled_by
from resources.bench_context import BenchContext
from resources.collect.judges import joining_judges, mended_judge_models
from resources.judging.import_export import COLUMNS, JUDGED
from resources.judging.model_judges.asking import items_in_ledger, opened
from resources.judging.model_judges.planning import plan_model_judge
from resources.judging.model_judges.shown_items import OpenItem, open_items
from resources.judging.model_judges.trial_records import note_trial_state, trials_of
from resources.judging.model_judges.trying import JudgeInTrial, distinct, fold_repeats, run_trial
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.specs import add_records, read_records


@dataclass(frozen=True)
class TriedItem:
    """An item of a trial: its tip, and what the judge wrote of it each time."""

    tip: str
    raw: list[str]


@dataclass(frozen=True)
class TriedJudge:
    """A trial with what was sent and answered; `trial` is None where it has no end, which `held` gives the reason of.

    `is_new` says that it was made now; `stop` why the judge is not used, None where it is or where that is on record.
    """

    spec: Spec
    definition: JudgeDefinition
    prompt: str
    items: list[TriedItem]
    trial: JudgeTrial | None
    is_new: bool
    rest: JudgePlanView
    held: str | None = None
    stop: str | None = None


def try_judge(
    bench: BenchContext, name: str, judge: str, *, anyway: bool = False, longest_s: float | None = None
) -> TriedJudge:
    """Return the trial of a judge by what it is pinned as here, or as the catalog has it; made once, then read again.

    `anyway` records that the judge is used whatever the trial shows. After `longest_s` seconds of asking the trial is
    left without an end, and the next one goes on from its answers; None waits as long as the judge takes.
    Raise OptionError for one that is not of the catalog, or where there is nothing to judge, and what joining_judges
    and ask_judges raise.
    """
    state = bench.on_record(name).open()
    spec, mended = state.pinned(), mended_judge_models(bench, state.pinned(), state.records)
    records = [*state.records, *mended]
    definition, is_recorded = _definition(bench, spec, records, judge), judge in definitions_of(records)
    items = _items(bench, spec, judge, is_recorded=is_recorded)
    if not items:
        raise OptionError(f"{name} has no tip to judge yet: tipbench run {name} collects them", ("experiment",))
    new = [JudgeAnyway((judge,), bench.author, bench.now())] if anyway and judge not in used_anyway(records) else []
    add_records(bench.home, name, [*mended, *new])
    goes_on = anyway or judge in used_anyway(records)
    known, collected = trials_of(bench.home, spec, definition).trials, candidates(bench.home, name).manifest()
    with opened(bench, spec, judge, definition, items) as (tried, fence):
        if not known and is_recorded:
            note_trial_state(bench.home, name, judge, "open", fence)
        trial = known[-1] if known else None if tried.asking.is_held_up else _within(longest_s, tried, items)
        found = passes_over(trial, spec.rubric, definition) if trial else []
        if trial is not None and is_recorded:
            note_trial_state(bench.home, name, judge, "stopped" if found and not goes_on else "passed", fence)
            fold_repeats(tried, items, trial)
        tried.asking.judged.is_untried = trial is None
        answered = _answered(tried, distinct(items)[:TRIED])
        return TriedJudge(
            spec,
            definition,
            tried.asking.sent(items[0].seen),
            answered,
            trial,
            is_new=not known,
            rest=plan_model_judge(bench, spec, judge, definition, collected.rows if collected else 0),
            held=_held(tried, answered, longest_s) if trial is None else None,
            stop=stop_in_words(trial, found) if trial and found and not goes_on else None,
        )


def _within(longest_s: float | None, tried: JudgeInTrial, items: Sequence[OpenItem]) -> JudgeTrial | None:
    """Return the trial; None where requests had no answer, or not within so many seconds."""
    if longest_s is None:
        return run_trial(tried, items)
    stop = threading.Event()
    timer = threading.Timer(longest_s, stop.set)
    timer.daemon = True
    timer.start()
    try:
        with cancelled_by(stop):
            return run_trial(tried, items)
    except KeyboardInterrupt:
        if not stop.is_set():
            raise
        tried.asking.judged.is_late = True
        return None
    finally:
        timer.cancel()


def _held(tried: JudgeInTrial, answered: Sequence[TriedItem], longest_s: float | None) -> str:
    """Return why a trial has no end yet, and how to go on."""
    if not tried.asking.judged.is_late:
        return tried.asking.count(is_used=False).why_left()
    number = counted(sum(len(item.raw) for item in answered), "answer")
    return (
        f"the trial of {tried.judge} takes longer than the {longest_s:g} s that it has here: {number} to real tips so "
        "far, which are stored and paid once: try it again to go on, or with the command tipbench try-judge "
        f"{tried.spec.experiment} {tried.judge}, which waits for its end"
    )


def _definition(bench: BenchContext, spec: Spec, records: Sequence[Record], judge: str) -> JudgeDefinition:
    before = read_records(bench.home, spec.extends) if spec.extends else []
    joining = joining_judges(bench, [(judge, None)], records, before)
    definition = definitions_of([*records, *joining]).get(judge)
    if definition is None:
        raise OptionError(f"{judge} is no judge of the catalog: tipbench catalog judges lists them", ("judges",))
    return definition


def _items(bench: BenchContext, spec: Spec, judge: str, *, is_recorded: bool) -> list[OpenItem]:
    """Return the judge's items, those without an answer first; of one that is not on record nothing is noted."""
    if is_recorded:
        items_in_ledger(bench, spec, judge)
    tips = candidates(bench.home, spec.experiment).table(COLUMNS)
    scores: pa.Table = Scores(bench.home, spec.experiment, spec.rubric).in_force(JUDGED)
    first = open_items(bench.home, spec, judge, tips, scores)
    every = open_items(bench.home, spec, judge, tips, scores.slice(0, 0))
    waiting = {item.item for item in first}
    return [*first, *(item for item in every if item.item not in waiting)]


def _answered(tried: JudgeInTrial, items: Sequence[OpenItem]) -> list[TriedItem]:
    """Return what this experiment's journal holds of the items' answers."""
    found = []
    for item in items:
        answers = [tried.asking.answer(item.seen, number)[1] for number in (0, 1)]
        raw = [tried.asking.raw(answer) or "" for answer in answers if answer is not None]
        found.append(TriedItem(item.seen.tip, raw))
    return [each for each in found if each.raw]
