"""The asset checks: the checks of core, evaluated on what the lake holds now."""

import warnings

import dagster as dg

from assets.candidates import candidates
from assets.judge_scores import judge_scores
from assets.leaderboards import leaderboards
from assets.partitions import experiments
from resources.announcements.failed_checks import note_checks
from resources.bench_context import BenchContext
from resources.dagster.metadata import severity_of
from resources.lake.specs import pinned_spec
from resources.scoring import checking
from resources.scoring.checking import Check
from resources.steps.summaries import code_span

# Checks by partition are a preview of Dagster 1.13, which is pinned exactly.
warnings.filterwarnings("ignore", category=dg.PreviewWarning, message=".*partitions_def on an AssetCheckSpec.*")

ASSETS = {"candidates": candidates, "judge_scores": judge_scores, "leaderboards": leaderboards}


def _asset_check(check: Check) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=ASSETS[check.asset],
        name=check.evaluate.__name__,
        description=check.description,
        blocking=check.blocking,
        partitions_def=experiments,
    )
    def run_check(context: dg.AssetCheckExecutionContext, bench: dg.ResourceParam[BenchContext]) -> dg.AssetCheckResult:
        result = check.evaluate(bench, pinned_spec(bench.home, context.partition_key))
        note_checks(bench.home, context.partition_key, [result], bench.now)
        return dg.AssetCheckResult(
            passed=result.passed,
            severity=severity_of(result),
            description=code_span(result.message),  # it may hold names that came from outside
            metadata=dict(result.numbers),
        )

    return run_check


CHECKS = [_asset_check(check) for check in checking.CHECKS]
