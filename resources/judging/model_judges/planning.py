"""Estimates what a model judge would still be asked, in tips and money, before anything is paid."""

from collections.abc import Sequence
from statistics import fmean

import pyarrow as pa
import pyarrow.compute as pc

from contracts.benchmark.launches import JudgePlanView
from core.benchmark.spec import Spec
from core.judging.anchors import number_of_anchors
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.planted import SORTS
from core.judging.model_judges.prompt import ShownItem, filler, parts_of
from core.judging.model_judges.trial import TRIED
from resources.bench_context import BenchContext
from resources.collect.judges import model_of_today
from resources.collect.planning import CHARACTERS_A_TOKEN
from resources.judging.exports import unanswered
from resources.judging.items import Items
from resources.judging.model_judges.commands import AT_ONCE
from resources.judging.model_judges.shown_items import without_tip
from resources.judging.model_judges.trial_records import trials_of
from resources.judging.scores import Scores
from resources.lake.candidates import candidates


def plan_model_judge(
    bench: BenchContext,
    spec: Spec,
    judge: str,
    definition: JudgeDefinition,
    generations: int,
    taken: Sequence[bool] = (),
) -> JudgePlanView:
    """Return what a judge of the catalog has to answer of `generations` tips, if none fails, and what that costs.

    `taken` are answers that are taken over, each with whether it is a score: of those the pinned share of the new items
    is put again, as anchors. Tips that look alike are counted apart, an answer is as long as it may be,
    and none is asked for again, so that the money is an estimate of one round of answers. Tips that are not written yet
    are taken to be as long as they may be.
    """
    entry = definition.entry
    tips = candidates(bench.home, spec.experiment).table(["candidate_id", "scenario", "outcome", "text"])
    scores = Scores(bench.home, spec.experiment, spec.rubric).in_force(["candidate_id", "judge"])
    open_tips = unanswered(tips, scores, [judge])[judge]
    unwritten = max(0, generations - max(len(tips), len(taken)))
    new = len(open_tips) + unwritten
    again = _anchors(bench, spec, judge, generations - len(taken), sum(taken), is_open=bool(new))
    longest = fmean(prompt.max_tokens for prompt in spec.prompts)
    shown = list(map(without_tip, spec.scenarios))
    tokens_in, answers = 0.0, 0.0
    for has_must_not, places in _by_must_not(spec, shown).items():
        share = len(places) / len(shown)
        own = open_tips.filter(pc.is_in(open_tips["scenario"], value_set=pa.array(places, pa.int32())))
        count = len(own) + (unwritten + again) * share
        written = (pc.sum(pc.utf8_length(own["text"].cast(pa.string()))).as_py() or 0) / CHARACTERS_A_TOKEN
        parts = parts_of(spec.rubric, definition, has_must_not=has_must_not)
        for part in parts:
            filled_in = filler(entry.prompt, part)
            prompts = fmean(len(filled_in(shown[place])) for place in places) / CHARACTERS_A_TOKEN
            tokens_in += entry.asks * (count * prompts + (unwritten + again) * share * longest + written)
        answers += count * len(parts)
    requests = round(answers) * entry.asks
    model = model_of_today(bench, definition).priced
    free = entry.kind == "program" or model.provider in {"embedded", "tape"}
    cost = 0.0 if free or not requests else None
    scenes = range(len(shown)) if unwritten else set(open_tips["scenario"].to_pylist())
    planted = len(SORTS) - (len({shown[place].situation for place in scenes}) == 1)
    trying = _trial_requests(bench, spec, definition, new, planted)
    trial_cost = 0.0 if free or not trying else None
    if model.provider != "tape" and model.price_in is not None and model.price_out is not None:
        cost = (model.price_in * tokens_in + model.price_out * requests * entry.max_tokens) / 1e6
        share = trying / requests if requests else 0.0
        trial_cost = (model.price_in * tokens_in * share + model.price_out * trying * entry.max_tokens) / 1e6
    hours = _hours(bench, spec, definition, requests)
    return JudgePlanView(judge, new, again, generations, requests, cost, trying, trial_cost, hours)


def _hours(bench: BenchContext, spec: Spec, definition: JudgeDefinition, requests: int) -> float | None:
    """Return how long so many requests take, by the judge's last trial in this home; None where that is not known."""
    known = [each.seconds for each in trials_of(bench.home, spec, definition).trials if each.seconds is not None]
    model = model_of_today(bench, definition)
    if not known or model.provider == "tape":
        return None
    at_once = AT_ONCE if definition.entry.command else model.endpoint.concurrency if model.endpoint else 1
    return requests * known[-1] / min(at_once, max(1, requests)) / 3600


def _by_must_not(spec: Spec, shown: Sequence[ShownItem]) -> dict[bool, list[int]]:
    """Return the places of the scenarios by whether they have must_not; all as if they had where nobody asks."""
    found = dict[bool, list[int]]()
    for place, item in enumerate(shown):
        found.setdefault(not spec.rubric.conditional or item.has_must_not, []).append(place)
    return found


def _trial_requests(bench: BenchContext, spec: Spec, definition: JudgeDefinition, new: int, planted: int) -> int:
    """Return the requests of a trial beside those whose answers are scores; 0 where it was made, or has nothing new.

    Of `planted` items the tip of another situation is one only where there is another.
    """
    if not new or definition.model.provider == "tape" or trials_of(bench.home, spec, definition).trials:
        return 0
    second = min(new, TRIED) if definition.entry.asks == 1 else 0
    return (second + planted) * len(parts_of(spec.rubric, definition))


def _anchors(bench: BenchContext, spec: Spec, judge: str, new: int, old: int, *, is_open: bool) -> int:
    """Return how many old items are still to be put again; without a new one open, those that were drawn before."""
    drawn = Items(bench.home, spec.experiment, anchors=True).table(judge)["item"].to_pylist()
    answered = set(Scores(bench.home, spec.experiment, spec.rubric).repeats()["item"].to_pylist())
    still = sum(item not in answered for item in drawn)
    wanted = number_of_anchors(spec.options.anchors or 0.0, new, old) if is_open and spec.extends else 0
    return max(still, wanted - (len(drawn) - still))
