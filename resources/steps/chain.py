"""Runs steps of one experiment one after the other with the checks of the asset graph, without Dagster."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from core.benchmark.spec import Spec
from core.scoring.checks import CheckResult
from kit.cancellation import stop_if_cancelled
from resources.announcements.failed_checks import note_checks
from resources.bench_context import BenchContext
from resources.lake.leaderboards import read_published
from resources.scoring.checking import CHECKS, Check, as_recomputed, recomputed
from resources.scoring.unchanged_publication import note_inputs
from resources.steps.asset_steps import STEPS, Asset, StepContext
from resources.steps.result import Checked, Markdown, StepResult
from resources.steps.summaries import code_span

BENCHMARK: tuple[Asset, ...] = ("candidates", "judge_exports", "judge_scores", "leaderboards")
PUBLISH: tuple[Asset, ...] = ("judge_scores", "leaderboards")
EXPORT: tuple[Asset, ...] = ("judge_exports",)


@dataclass
class ChainResult:
    """The steps that were run, in order, with their checks; `passed` is False once a blocking check has failed."""

    passed: bool = True
    steps: list[StepResult] = field(default_factory=list)

    @property
    def checks(self) -> list[Checked]:
        """Return the results of all checks, in order."""
        return [check for step in self.steps for check in step.checks]

    @property
    def collected(self) -> StepResult | None:
        """Return the last step that collected, None if none did."""
        return next((step for step in reversed(self.steps) if step.asset == "candidates"), None)


def with_checks(step: StepResult) -> StepResult:
    """Return the step with its checks as a text, for Dagster, which stores no check results without a run."""
    lines = [
        f"- {'passed' if each.result.passed else each.result.severity}: {each.result.name}, "
        f"{code_span(each.result.message)}"
        for each in step.checks
    ]
    if not lines:
        return step
    return msgspec.structs.replace(step, checks=(), metadata={**step.metadata, "checks": Markdown("\n".join(lines))})


def run_chain(context: StepContext, experiment: Spec, assets: Sequence[Asset]) -> ChainResult:
    """Run the steps of `assets` in order, stop after a failed blocking check, and return what was done.

    An error of a step is raised and ends the chain.
    """
    chain = ChainResult()
    for asset in assets:
        stop_if_cancelled()
        made = STEPS[asset](context, experiment)
        checks = [Checked(asset, c.blocking, _result(c, context.bench, made, experiment)) for c in _checks_of(asset)]
        chain.steps.append(msgspec.structs.replace(made, checks=tuple(checks)))
        results = [check.result for check in checks]
        note_checks(context.bench.home, experiment.experiment, results, context.bench.now)
        chain.passed &= all(check.result.passed or not check.blocking for check in checks)
        if not chain.passed:
            break
        if made.inputs and not made.is_unchanged:
            note_inputs(context.bench.home, experiment, made.inputs, made.wrote[0].version)
    return chain


def _checks_of(asset: Asset) -> list[Check]:
    return [check for check in CHECKS if check.asset == asset]


def _result(check: Check, bench: BenchContext, made: StepResult, experiment: Spec) -> CheckResult:
    """Return a check's result; a leaderboard that is unchanged passed its recomputation before."""
    if made.is_unchanged and check.evaluate is recomputed:
        published = read_published(bench.home, experiment.experiment)
        if published is not None:
            return as_recomputed(published)
    return check.evaluate(bench, experiment)
