"""The asset `policy_reports`: by day, whether scores of a leaderboard go with what users did with served tips."""

from collections.abc import Iterator

import dagster as dg

from assets.failures import in_one_sentence
from resources.bench_context import BenchContext
from resources.policy_reports.log_checks import CHECKS
from resources.policy_reports.report import make_report
from resources.policy_reports.stored import store_report
from resources.policy_reports.text import report_text
from resources.steps.summaries import code_span

days = dg.DailyPartitionsDefinition(start_date="2026-11-01")
"""A day is a partition once it is over, in UTC; the first one is before any decision was logged."""


class ReportOptions(dg.Config):
    """The experiment whose leaderboard is compared, by default that with most of the served cells."""

    experiment: str | None = None


@dg.asset(
    partitions_def=days,
    group_name="recommender",
    kinds={"json"},
    check_specs=[dg.AssetCheckSpec(name, asset="policy_reports") for name in CHECKS],
)
def policy_reports(
    context: dg.AssetExecutionContext, config: ReportOptions, bench: dg.ResourceParam[BenchContext]
) -> Iterator[dg.MaterializeResult[None]]:
    """Benchmark against reaction over the 28 days up to this one, from the decisions that are published."""
    with in_one_sentence():
        report = make_report(bench, context.partition_key, config.experiment)
        key = store_report(bench.home.storage, report)
    yield dg.MaterializeResult(
        metadata={
            "report": dg.MetadataValue.md(report_text(report)),
            "file": dg.MetadataValue.text(bench.home.shown(key)),
            "verdict": report.prediction.verdict,
            "decisions": report.n_decisions,
        },
        check_results=[
            dg.AssetCheckResult(
                check_name=check.name,
                passed=check.passed,
                severity=dg.AssetCheckSeverity.WARN if check.name == "fallbacks" else dg.AssetCheckSeverity.ERROR,
                description=code_span(check.message),
            )
            for check in report.checks
        ],
    )
