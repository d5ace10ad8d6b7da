"""Runs steps of one experiment one after the other with the checks of the asset graph, without Dagster."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from core.benchmark.spec import Spec
from core.scoring.checks import CheckResult
from kit.cancellation import stop_if_cancelled
from resources.bench_context import BenchContext
from resources.collect.collector import Collected
from resources.lake.leaderboards import PublishedLeaderboard
from resources.scoring.checking import CHECKS, as_recomputed, recomputed
from resources.scoring.unchanged_publication import note_inputs, publication_inputs, unchanged_publication
from resources.steps.asset_steps import candidates_step, exports_step, leaderboards_step, scores_step
from resources.steps.result import Markdown, StepResult
from resources.steps.summaries import code_span

Asset = Literal["candidates", "judge_exports", "judge_scores", "leaderboards"]
BENCHMARK: tuple[Asset, ...] = ("candidates", "judge_exports", "judge_scores", "leaderboards")
PUBLISH: tuple[Asset, ...] = ("judge_scores", "leaderboards")
EXPORT: tuple[Asset, ...] = ("judge_exports",)


class Checked(msgspec.Struct, frozen=True):
    """A check's result with the asset it is about; a blocking one that fails ends the chain."""

    asset: str
    blocking: bool
    result: CheckResult


@dataclass
class ChainResult:
    """The steps and checks that were run, in order; `passed` is False once a blocking check has failed."""

    passed: bool = True
    steps: list[StepResult] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)
    collected: Collected | None = None


def with_checks(step: StepResult, checks: Sequence[Checked]) -> StepResult:
    """Return the step with the results of its checks, for Dagster, which stores no check results without a run."""
    lines = [
        f"- {'passed' if each.result.passed else each.result.severity}: {each.result.name}, "
        f"{code_span(each.result.message)}"
        for each in checks
        if each.asset == step.asset
    ]
    if not lines:
        return step
    return msgspec.structs.replace(step, metadata={**step.metadata, "checks": Markdown("\n".join(lines))})


def run_chain(
    bench: BenchContext,
    spec: Spec,
    assets: Sequence[Asset],
    *,
    run_id: str,
    accept: bool = False,
    retry: bool = False,
) -> ChainResult:
    """Run the steps of `assets` in order, stop after a failed blocking check, and return what was done.

    An error of a step is raised and ends the chain. `accept` and `retry` are those of collect_experiment. A leaderboard
    that would be made from what it was made from before is unchanged.
    """
    chain = ChainResult()
    for asset in assets:
        stop_if_cancelled()
        unchanged: PublishedLeaderboard | None = None
        if asset == "candidates":
            step, chain.collected = candidates_step(bench, spec, run_id=run_id, accept=accept, retry=retry)
        elif asset == "judge_exports":
            step = exports_step(bench, spec)
        elif asset == "judge_scores":
            step, _ = scores_step(bench, spec)
        else:
            inputs = publication_inputs(bench.home, spec)
            unchanged = unchanged_publication(bench.home, spec, inputs)
            step = leaderboards_step(bench, spec, unchanged)
        chain.steps.append(step)
        for check in CHECKS:
            if check.asset == asset:
                computed = check.evaluate is recomputed
                result = as_recomputed(unchanged) if unchanged and computed else check.evaluate(bench, spec.experiment)
                found = Checked(asset, check.blocking, result)
                chain.checks.append(found)
                chain.passed &= found.result.passed or not check.blocking
        if not chain.passed:
            break
        if asset == "leaderboards" and unchanged is None:
            note_inputs(bench.home, spec, inputs)
    return chain
