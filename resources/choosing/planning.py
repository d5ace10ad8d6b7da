"""What a launch will be able to show and decide: by what an earlier leaderboard has seen, else by what is assumed."""

from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.choosing.choice import check_margin
from core.choosing.planning import USUAL_MARGIN, DecisionPlan, Spread, assumed, plan_decision, seen
from core.choosing.records import ChoiceRecord
from resources.bench_context import BenchContext
from resources.lake.leaderboards import publications, read_published

MOST_LOOKED_AT = 50
"""Experiments of a home whose time of publication is read, and MOST_READ those whose leaderboard is."""
MOST_READ = 3


def decision_plan(bench: BenchContext, spec: Spec, margin: float | None = None) -> DecisionPlan:
    """Return what a drafted or pinned spec can show, and what a decision takes by a margin, 5 % of the scale by itself.

    Raise WrongMargin.
    """
    if margin is not None:
        check_margin(margin)
    span = spec.rubric.scale.high - spec.rubric.scale.low
    line = _line(bench, spec)
    has_looks = any(isinstance(each, ChoiceRecord) for name in line for each in bench.on_record(name).records)
    return plan_decision(
        len(spec.cells),
        len(spec.scenarios),
        USUAL_MARGIN * span if margin is None else margin,
        _spread(bench, spec, line) or assumed(span),
        has_looks=has_looks,
    )


def _line(bench: BenchContext, spec: Spec) -> list[str]:
    """Return the experiment and those that it extends, the newest first."""
    found, old = [spec.experiment], spec.extends
    while old:
        found.append(old)
        old = bench.on_record(old).pinned().extends
    return found


def _spread(bench: BenchContext, spec: Spec, line: list[str]) -> Spread | None:
    """Return what the newest leaderboard by this rubric tells: its own, those it extends, then others of the home."""
    others = [name for name in bench.home.experiments() if name not in line][:MOST_LOOKED_AT]
    at = {name: history[-1].at for name in others if (history := publications(bench.home, name))}
    rubric = content_hash(spec.rubric)
    for name in (*line, *sorted(at, key=at.__getitem__, reverse=True)[:MOST_READ]):
        published = read_published(bench.home, name)
        if published is None or (found := seen(published.rows, name)) is None:
            continue
        pinned = bench.on_record(name).spec
        if pinned is not None and content_hash(pinned.rubric) == rubric:
            return found
    return None
