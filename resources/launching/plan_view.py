"""The plan of a launch as the API shows it."""

from collections.abc import Sequence

from contracts.benchmark.launches import PlanView
from core.benchmark.spec import Spec
from resources.bench_context import BenchContext
from resources.choosing.planning import decision_plan
from resources.collect.planning import plan_of
from resources.judging.anchors import plan_judging
from resources.launching.launch_warnings import warnings_of


def plan_view(
    bench: BenchContext, spec: Spec, judges: Sequence[str], *, new: bool, retry: bool, margin: float | None = None
) -> PlanView:
    """Return what a run of a drafted or pinned spec would request, and what comes to the judges.

    `new` says that it is not pinned yet; `retry` is that of plan_of, `margin` that of decision_plan. Raise WrongMargin,
    or Cancelled if nobody awaits it.
    """
    bench.vet(spec.prompts, spec.scenarios, {model.api for model in spec.models})
    plan = plan_of(bench.home, spec, retry=retry)
    return PlanView(
        experiment=spec.experiment,
        generations=plan.generations,
        to_ask=plan.to_ask,
        journaled=plan.journaled,
        taken_over=plan.taken_over,
        tokens_in=plan.tokens_in,
        tokens_out=plan.tokens_out,
        cost=None if any(cell.cost is None for cell in plan.cells) else sum(cell.cost or 0.0 for cell in plan.cells),
        cells=plan.cells,
        skipped=[skipped.model for skipped in spec.skipped],
        deciding=decision_plan(bench, spec, margin),
        judges=plan_judging(bench, spec, plan.generations, judges),
        warnings=warnings_of(bench, spec, new=new),
    )
