"""The asset graph as Dagster gets it: assets, checks, jobs, the inbox sensor and the nightly pruning."""

from collections.abc import Callable, Mapping

import dagster as dg

from assets.candidates import candidates
from assets.checks import CHECKS
from assets.inbox import inbox_sensor
from assets.judge_exports import judge_exports
from assets.judge_scores import judge_scores
from assets.leaderboards import leaderboards
from assets.policy_reports import policy_reports
from assets.pruning import prune_job, prune_schedule
from resources.bench_context import BenchContext

BENCHMARK = dg.define_asset_job(
    "benchmark",
    selection=dg.AssetSelection.assets(candidates, judge_exports, judge_scores, leaderboards),
    description="Collect, export, take scores, publish: the whole chain of one experiment.",
)
PUBLISH = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.assets(judge_scores, leaderboards),
    description="Take score files from the inbox and publish the leaderboard.",
)
EXPORT = dg.define_asset_job(
    "export",
    selection=dg.AssetSelection.assets(judge_exports),
    description="Write the folders of pending items.",
)

REPORT = dg.define_asset_job(
    "policy_report",
    selection=dg.AssetSelection.assets(policy_reports),
    description="Hold the published decisions of a day against the leaderboard.",
)


def build_graph(bench: BenchContext, prune: Callable[[], Mapping[str, int]] = dict) -> dg.Definitions:
    """Build everything that a code location serves; steps of a run share its process. Every night `prune` is called."""
    nightly = prune_job(prune)
    return dg.Definitions(
        assets=[candidates, judge_exports, judge_scores, leaderboards, policy_reports],
        asset_checks=CHECKS,
        jobs=[BENCHMARK, PUBLISH, EXPORT, REPORT, nightly],
        schedules=[prune_schedule(nightly)],
        sensors=[inbox_sensor(bench.home, bench.answers, PUBLISH.name)],
        resources={"bench": bench},
        executor=dg.in_process_executor,
    )
