"""The asset checks: thin wrappers of the checks in core, evaluated on what the lake holds now."""

import warnings
from collections.abc import Callable
from typing import Any

import dagster as dg

from assets.candidates import candidates
from assets.judge_scores import judge_scores
from assets.leaderboards import leaderboards
from assets.partitions import experiments
from core.scoring.checks import CheckResult
from resources.bench_context import BenchContext
from resources.scoring import checking

# Checks by partition are a preview of Dagster 1.13, which is pinned exactly.
warnings.filterwarnings("ignore", category=dg.PreviewWarning, message=".*partitions_def on an AssetCheckSpec.*")

Check = Callable[[BenchContext, str], CheckResult]


def _check(
    asset: Any, name: str, description: str, check: Check, *, blocking: bool = False
) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=asset, name=name, description=description, blocking=blocking, partitions_def=experiments)
    def run_check(context: dg.AssetCheckExecutionContext, bench: dg.ResourceParam[BenchContext]) -> dg.AssetCheckResult:
        result = check(bench, context.partition_key)
        severity = dg.AssetCheckSeverity.ERROR if result.severity == "error" else dg.AssetCheckSeverity.WARN
        return dg.AssetCheckResult(
            passed=result.passed, severity=severity, description=result.message, metadata=dict(result.numbers)
        )

    return run_check


CHECKS = [
    _check(candidates, "complete", "Every expected generation has a final outcome.", checking.complete, blocking=True),
    _check(candidates, "unique", "No (cell, scenario, tip) occurs twice.", checking.unique),
    _check(candidates, "failures", "Few generations of a cell failed.", checking.failures),
    _check(candidates, "cut_tips", "Few tips end where their model ran out of tokens.", checking.cut_tips),
    _check(candidates, "blank_tips", "Few answers are blank.", checking.blank_tips),
    _check(candidates, "identical_tips", "Few tips of a cell repeat another word for word.", checking.identical_tips),
    _check(candidates, "hidden_names", "No tip gives its model away.", checking.hidden_names),
    _check(judge_scores, "traceable", "Every score points at an item that was exported.", checking.traceable),
    _check(leaderboards, "recomputed", "The numbers agree with a recomputation.", checking.recomputed, blocking=True),
    _check(leaderboards, "coverage", "Judges have scored 90 % of every cell.", checking.coverage),
]
