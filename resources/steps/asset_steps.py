"""The four steps of the asset graph: collect, export, import scores, publish.

Each returns the metadata of its asset.
"""

from core.benchmark.spec import Spec
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment
from resources.collect.collector import Collected
from resources.judging.import_export import export_pending, take_scores
from resources.judging.ingest import IngestReport
from resources.lake.leaderboards import PublishedLeaderboard
from resources.scoring.publishing import publish_leaderboard
from resources.steps.result import FilePath, Json, Markdown, StepResult, Value
from resources.steps.summaries import candidate_summary, leaderboard_summary, plot_markdown, score_summary


def candidates_step(
    bench: BenchContext, spec: Spec, *, run_id: str, accept: bool = False, retry: bool = False
) -> tuple[StepResult, Collected]:
    """Collect what has no final outcome and publish the candidates; raise what collect_experiment raises."""
    found = collect_experiment(bench, spec, run_id=run_id, accept=accept, retry=retry)
    metadata: dict[str, Value] = {
        "expected": found.expected,
        "done": found.done,
        "failed_or_refused": found.failed,
        "cut_off": found.cut,
        "misconfigured": found.misconfigured,
        "taken_over": found.taken_over,
        "cost_usd": found.cost,
        "left": found.sentence() if found.left else "nothing",
        "cells": Markdown(candidate_summary(bench.home, spec)),
    }
    twice = found.paid_twice()
    return StepResult("candidates", metadata, {"maybe_paid_twice": twice} if twice else {}), found


def exports_step(bench: BenchContext, spec: Spec) -> StepResult:
    """Write each judge's folder of items that the judge has not answered yet."""
    exports = export_pending(bench, spec)
    folders = {judge: str(export.folder) if export.folder else "nothing to judge" for judge, export in exports.items()}
    return StepResult(
        "judge_exports",
        {
            "pending": Json({judge: export.pending for judge, export in exports.items()}),
            "folders": Json(folders),
            **{f"folder_{judge}": FilePath(folder) for judge, folder in folders.items()},
        },
    )


def scores_step(bench: BenchContext, spec: Spec) -> tuple[StepResult, IngestReport]:
    """Import what waits in the inbox, what programs answer and what is taken over, and publish the scores."""
    report = take_scores(bench, spec)
    done: dict[str, Value] = {
        "accepted_files": len(report.accepted),
        "repeated_files": len(report.repeated),
        "rejected_files": len(report.rejected),
    }
    return StepResult("judge_scores", {"judges": Markdown(score_summary(bench.home, spec))}, done), report


def leaderboards_step(bench: BenchContext, spec: Spec, unchanged: PublishedLeaderboard | None = None) -> StepResult:
    """Publish the leaderboard, which is provisional and has nulls if there are no scores, unless one is `unchanged`."""
    published = unchanged or publish_leaderboard(bench, spec)
    return StepResult(
        "leaderboards",
        {
            "leaderboard": Markdown(leaderboard_summary(published)),
            "plot": Markdown(plot_markdown(published)),
            "report": FilePath(str(published.folder / "report.html")),
            "provisional": published.provisional,
            "data_hash": published.data_hash,
        },
    )
