"""Tries a model judge before its scores count: real items twice, planted ones once, each answer paid once."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from contracts.storage import Fence
from core.benchmark.spec import Spec
from core.judging.model_judges.ceiling import used_anyway
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.planted import PlantedItem, from_best, made_up
from core.judging.model_judges.prompt import ShownItem
from core.judging.model_judges.standing import ATTEMPTS, NumberedAnswer
from core.judging.model_judges.trial import (
    LONGEST_RAW,
    TRIED,
    JudgeTrial,
    PlantedAnswer,
    all_alike,
    noise_of,
    passes_over,
    stop_in_words,
    trial_in_words,
)
from core.judging.rubric import composite
from resources.bench_context import BenchContext
from resources.collect.judges import model_of_today
from resources.judging.model_judges.every_answer import EveryAnswer, answer_row
from resources.judging.model_judges.requests import JudgeRequests
from resources.judging.model_judges.shown_items import OpenItem
from resources.judging.model_judges.trial_records import (
    note_trial,
    note_trial_state,
    trial_state,
    trials_of,
)
from resources.lake.lock import writing
from resources.models.registry import has_key

FOLD_WAIT_S = 60.0
Wanted = tuple[OpenItem, int]
"""An item, and the number of the answer to it."""


class JudgeInTrial(NamedTuple):
    """A judge of an experiment that is being tried, over its open journal."""

    bench: BenchContext
    spec: Spec
    judge: str
    definition: JudgeDefinition
    asking: JudgeRequests


def try_before_paying(tried: JudgeInTrial, items: Sequence[OpenItem], fence: Fence) -> None:
    """Try a judge that is about to be paid for `items`, unless it was, and note on it whether that stops it.

    A trial is of one definition, one rubric and one name that the server gives its model, so that of a judge which was
    tried one item is requested first; without an answer to that the last trial holds.
    Where a trial has no end, the judge is left untried and nothing more is sent.
    A tape that only replays is not tried, for it costs nothing.
    """
    bench, spec, judge, definition, asking = tried
    state = trial_state(bench.home, spec.experiment, judge)
    if asking.is_held_up or _replays(tried):
        return
    never = state is None and not trials_of(bench.home, spec, definition).trials
    if (never or state == "passed") and not asking.has_due:
        return  # what an earlier version asked, or what is judged already
    trial = _trial(tried, items, fence)
    asking.judged.is_untried = trial is None
    if trial is None:
        return
    found = passes_over(trial, spec.rubric, definition)
    is_used = not found or judge in used_anyway(bench.on_record(spec.experiment).records)
    if not is_used:
        asking.judged.refused = stop_in_words(trial, found)
    note_trial_state(bench.home, spec.experiment, judge, "passed" if is_used else "stopped", fence)
    fold_repeats(tried, items, trial)


def is_closed(tried: JudgeInTrial, *, retry: bool) -> bool:
    """Return whether a judge that its trial held up is waited for no more, by --accept-failures."""
    name, judge = tried.spec.experiment, tried.judge
    if retry or trial_state(tried.bench.home, name, judge) != "closed":
        return False
    if judge in used_anyway(tried.bench.on_record(name).records):
        return False
    tried.asking.judged.without_score = tried.asking.judged.open_before
    return True


def close_trial(tried: JudgeInTrial, fence: Fence) -> None:
    """Note that a judge its trial holds up is waited for no more; none of its items has a score."""
    judged = tried.asking.judged
    if judged.is_held:
        note_trial_state(tried.bench.home, tried.spec.experiment, tried.judge, "closed", fence)
        judged.without_score, judged.is_untried = judged.open_before, False


def _trial(tried: JudgeInTrial, items: Sequence[OpenItem], fence: Fence) -> JudgeTrial | None:
    """Return the trial of the model that the judge's server has now, made where there is none; None without an end."""
    bench, spec, judge, definition, asking = tried
    known, is_command = trials_of(bench.home, spec, definition), bool(definition.entry.command)
    if known.trials and not is_command and (due := asking.due()[:1]):
        asking.round(due)
        asking.judged.stopped = None  # one item that is odd says nothing of the rest, which is about to be requested
    called = asking.called if asking.has_answered else next(reversed(asking.judged.served.models), None)
    trial = known.of_model(called)
    if trial is None and known.trials and not asking.has_answered:
        trial = known.trials[-1]
    if trial is not None:
        return trial
    note_trial_state(bench.home, spec.experiment, judge, "open", fence)
    trial = run_trial(tried, items, len(known.trials))
    asking.judged.trial = None if trial is None else trial_in_words(trial)
    return trial


def run_trial(tried: JudgeInTrial, items: Sequence[OpenItem], number: int = 0) -> JudgeTrial | None:
    """Request what a trial needs and return it, once it is stored; None where requests had no answer.

    `number` tells the planted answers of a model from those of one that was called otherwise before.
    """
    bench, spec, judge, definition, asking = tried
    before, chosen = asking.cost, distinct(items)[:TRIED]
    planted = made_up(chosen[0].seen, spec.rubric, chosen[0].locale)
    twice = [*((item, 0) for item in chosen), *((item, 1) for item in chosen)]
    answers = _answers(asking, [*twice, *((_item_of(each), number) for each in planted)])
    if answers is None:
        return None
    pairs = list(zip(answers[: len(chosen)], answers[len(chosen) :], strict=False))
    marks = {item.seen: _scores(first) for item, (first, _) in zip(chosen, pairs, strict=True)}
    more = from_best(sorted(marks, key=lambda seen: -_mark(marks[seen], spec)))
    last = _answers(asking, [(_item_of(each), number) for each in more])
    if last is None:
        return None
    given = zip([*planted, *more], [*answers[len(twice) :], *last], strict=True)
    scored = [[scores for answer in both if (scores := _scores(answer)) is not None] for both in pairs]
    trial = JudgeTrial(
        judge=judge,
        experiment=spec.experiment,
        at=bench.now(),
        author=bench.author,
        items=len(chosen),
        repeated=sum(len(each) > 1 for each in scored),
        planted=tuple(_planted(asking, each, answer, marks) for each, answer in given),
        candidates=tuple(item.candidate for item in chosen),
        noise=noise_of(scored, spec.rubric),
        model=asking.called,
        cost=asking.cost - before,
        alike=all_alike(list(marks.values())),
        seconds=asking.seconds,
    )
    note_trial(bench.home, spec, definition, trial)
    return trial


def distinct(items: Sequence[OpenItem]) -> list[OpenItem]:
    """Return the items without those that look like an earlier one, in their order."""
    return list({item.seen: item for item in reversed(items)}.values())[::-1]


def fold_repeats(tried: JudgeInTrial, items: Sequence[OpenItem], trial: JudgeTrial) -> None:
    """Take the second answers of a trial into the dataset that noise is measured by; they are no scores.

    A judge that answers several times anyway has them there with the rest.
    """
    bench, spec, judge, definition, asking = tried
    dataset = EveryAnswer(bench.home, spec.experiment, spec.rubric)
    if definition.entry.asks > 1 or trial.experiment != spec.experiment or dataset.has_repeats(judge):
        return
    rows = []
    for item in items:
        _, answer = asking.answer(item.seen, 1)
        if answer is not None and item.candidate in trial.candidates:
            rows.append(answer_row(spec.rubric, item.item, answer, asking.raw(answer)))
    if rows:
        purpose = f"second answers of {judge}"
        with writing(bench.home, spec.experiment, purpose=purpose, now=bench.now(), wait_s=FOLD_WAIT_S) as fence:
            EveryAnswer(bench.home, spec.experiment, spec.rubric, fence=fence).add(judge, rows)


def _answers(asking: JudgeRequests, wanted: Sequence[Wanted]) -> list[NumberedAnswer] | None:
    """Return the answers wanted, in order, each after its last attempt; None where one has none."""
    for _ in range(ATTEMPTS):
        due = [(item, request) for item, number in wanted for request in asking.answer(item.seen, number)[0]]
        if not due or asking.is_held_up:
            break
        asking.round(due)
    found = [asking.answer(item.seen, number)[1] for item, number in wanted]
    given = [answer for answer in found if answer is not None]
    return given if len(given) == len(found) else None


def _replays(tried: JudgeInTrial) -> bool:
    """Return whether the judge's model is a tape whose source cannot be reached."""
    model = model_of_today(tried.bench, tried.definition)
    source = model.source_model
    return model.provider == "tape" and (source is None or not has_key(source, tried.bench.keys))


def _item_of(planted: PlantedItem) -> OpenItem:
    return OpenItem("", "", planted.seen)


def _scores(answer: NumberedAnswer) -> dict[str, float] | None:
    return None if answer.reading is None else answer.reading.scores


def _mark(scores: dict[str, float] | None, spec: Spec) -> float:
    """Return the composite; of an item without scores one below all."""
    return spec.rubric.scale.low - 1 if scores is None else composite(scores, spec.rubric)


def _planted(
    asking: JudgeRequests,
    planted: PlantedItem,
    answer: NumberedAnswer,
    marks: Mapping[ShownItem, dict[str, float] | None],
) -> PlantedAnswer:
    raw, reading = asking.raw(answer), answer.reading
    return PlantedAnswer(
        planted.sort,
        scores=_scores(answer),
        unscorable=None if reading is None else reading.unscorable,
        why=answer.why,
        raw=None if raw is None else raw[:LONGEST_RAW],
        unplanted=None if planted.like is None else marks[planted.like],
    )
