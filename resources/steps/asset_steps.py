"""The four steps of the asset graph, of one signature: collect, export, import scores, publish.

Assets, commands, `tipbench/` and tests call the same functions, and so can a worker on another machine of the same
home: a step needs the pin, and finds everything else where the steps before it put it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol

import msgspec

from core.benchmark.grid import Shard, ShardError
from core.benchmark.spec import Spec
from core.canonical import content_hash
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment, collect_shard
from resources.collect.collector import Collected
from resources.home import Home
from resources.judging.import_export import export_pending, take_scores
from resources.judging.model_judges.asking import ask_judges, judging_cost
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.runs import note_judging
from resources.scoring.publishing import publish_leaderboard
from resources.scoring.unchanged_publication import publication_inputs, unchanged_publication
from resources.steps.result import FilePath, Json, Markdown, StepResult, Value, Written
from resources.steps.summaries import candidate_summary, leaderboard_summary, plot_markdown, score_summary

Asset = Literal["candidates", "judge_exports", "judge_scores", "leaderboards"]


@dataclass(frozen=True)
class StepContext:
    """What steps of one run have in common: the benchmark's context, the run's id, and what to do about failures.

    With `accept`, what is still missing after collecting becomes a final failure; with `retry`, failures of earlier
    runs are requested again.
    """

    bench: BenchContext
    run_id: str
    accept: bool = False
    retry: bool = False


class Step(Protocol):
    """Makes one asset of an experiment, or a stated part of it."""

    def __call__(self, context: StepContext, experiment: Spec, shard: Shard | None = None) -> StepResult:
        """Return what was made; raise ShardError where the step is not split."""
        ...


def candidates_step(context: StepContext, experiment: Spec, shard: Shard | None = None) -> StepResult:
    """Collect what has no final outcome, publish the candidates, and let model judges answer what is open.

    Raise what collect_experiment and ask_judges raise. `left` says what either of them could not do.

    With `shard`, what that part of the generations lacks is collected into the shard's own journal, and nothing is
    published: the step without a shard takes in what shards collected, collects what is left, and publishes. Raise
    ShardError for one that accepts failures, for those are known once the whole is.
    """
    bench = context.bench
    if shard is not None:
        if context.accept:
            raise ShardError("failures are accepted of the whole experiment: leave the shard out", ("shard",))
        found = collect_shard(bench, experiment, shard, run_id=context.run_id, retry=context.retry)
        return _collected({"shard": str(shard), **_numbers(found)}, (), found)
    found = collect_experiment(bench, experiment, run_id=context.run_id, accept=context.accept, retry=context.retry)
    judged = [] if found.left else ask_judges(bench, experiment, accept=context.accept, retry=context.retry)
    if judged:
        note_judging(
            bench.home,
            experiment.experiment,
            context.run_id,
            judged=sum(each.scored for each in judged),
            to_judge=sum(each.open_before for each in judged),
            cost=judging_cost(bench, experiment),
        )
    metadata = {**_numbers(found), "cells": Markdown(candidate_summary(bench.home, experiment))}
    manifest = candidates(bench.home, experiment.experiment).manifest()
    version = manifest.sha256 if manifest else None
    made = _collected(metadata, _written(bench.home, experiment, "candidates", version), found)
    said = {f"judged_by_{each.judge}": each.sentence() for each in judged}
    left = "; ".join(each.why_left() for each in judged if each.left and not each.refused)
    refused = "; ".join(each.refused for each in judged if each.refused)
    return msgspec.structs.replace(
        made, done={**made.done, **said}, left=made.left or left or None, refused=refused or None
    )


def exports_step(context: StepContext, experiment: Spec, shard: Shard | None = None) -> StepResult:
    """Write each judge's folder of items that the judge has not answered yet; raise ShardError for a shard."""
    _refuse("judge_exports", shard, "the items of a judge are shuffled as one")
    exports = export_pending(context.bench, experiment)
    folders = {judge: str(export.folder) if export.folder else "nothing to judge" for judge, export in exports.items()}
    new = {judge: export.folder.name for judge, export in exports.items() if export.folder and export.made}
    return StepResult(
        "judge_exports",
        {
            "pending": Json({judge: export.pending for judge, export in exports.items()}),
            "folders": Json(folders),
            **{f"folder_{judge}": FilePath(folder) for judge, folder in folders.items()},
        },
        wrote=tuple(Written(f"exports/{experiment.experiment}/{judge}/{n}", n) for judge, n in new.items()),
        counts={"judges": len(exports), "pending": sum(export.pending for export in exports.values())},
    )


def scores_step(context: StepContext, experiment: Spec, shard: Shard | None = None) -> StepResult:
    """Import what waits in the inbox, what programs answer and what is taken over, and publish the scores.

    Raise ShardError for a shard.
    """
    _refuse("judge_scores", shard, "one switch publishes the answers of all judges")
    bench = context.bench
    report = take_scores(bench, experiment)
    counts: dict[str, int | float] = {
        "accepted_files": len(report.accepted),
        "repeated_files": len(report.repeated),
        "rejected_files": len(report.rejected),
    }
    sources = Scores(bench.home, experiment.experiment, experiment.rubric).sources()
    version = content_hash(sources) if sources else None
    return StepResult(
        "judge_scores",
        {"judges": Markdown(score_summary(bench.home, experiment))},
        dict(counts),
        wrote=_written(bench.home, experiment, "scores", version),
        counts=counts,
        warnings=tuple(f"{str(why).splitlines()[0]} See {path}." for why, path in report.rejected.values()),
        remarks=tuple(f"{file}: {'; '.join(said)}" for file, said in report.remarks.items()),
    )


def leaderboards_step(context: StepContext, experiment: Spec, shard: Shard | None = None) -> StepResult:
    """Publish the leaderboard, which is provisional and has nulls if there are no scores.

    One that would be made from what the published one was made from is left as it is. Raise ShardError for a shard.
    """
    _refuse("leaderboards", shard, "ranks compare all cells with each other")
    bench = context.bench
    inputs = publication_inputs(bench, experiment)
    unchanged = unchanged_publication(bench.home, experiment, inputs)
    published = unchanged or publish_leaderboard(bench, experiment)
    return StepResult(
        "leaderboards",
        {
            "leaderboard": Markdown(leaderboard_summary(published)),
            "plot": Markdown(plot_markdown(published)),
            "report": FilePath(published.place("report.html")),
            "provisional": published.provisional,
            "data_hash": published.data_hash,
        },
        wrote=_written(bench.home, experiment, "leaderboards", published.data_hash),
        counts={"cells": len(published.rows)},
        inputs=inputs,
        is_unchanged=unchanged is not None,
    )


STEPS: Mapping[Asset, Step] = MappingProxyType(
    {
        "candidates": candidates_step,
        "judge_exports": exports_step,
        "judge_scores": scores_step,
        "leaderboards": leaderboards_step,
    }
)
"""In the order of the graph."""


def _numbers(found: Collected) -> dict[str, Value]:
    return {
        "expected": found.expected,
        "done": found.done,
        "failed_or_refused": found.failed,
        "cut_off": found.cut,
        "misconfigured": found.misconfigured,
        "taken_over": found.taken_over,
        "cost_usd": found.cost,
        "unsaid_usd": found.at_most,
        "left": found.sentence() if found.left else "nothing",
    }


def _collected(metadata: dict[str, Value], wrote: tuple[Written, ...], found: Collected) -> StepResult:
    """Return the result of collecting, by the metadata of Dagster."""
    twice = found.paid_twice()
    return StepResult(
        "candidates",
        metadata,
        {"maybe_paid_twice": twice} if twice else {},
        wrote=wrote,
        counts={name: value for name, value in _numbers(found).items() if isinstance(value, int | float)},
        left=found.sentence() if found.left else None,
        stopped=tuple(found.stopped_models) if found.misconfigured else None,
    )


def _refuse(asset: Asset, shard: Shard | None, why: str) -> None:
    """Raise ShardError for a shard of a step that is made as a whole."""
    if shard is not None:
        raise ShardError(f"{asset} is not made in shards, for {why}: leave the shard out", ("shard",))


def _written(home: Home, spec: Spec, dataset: str, version: str | None) -> tuple[Written, ...]:
    """Return the dataset of an experiment by its key and version; none where there is no version yet."""
    return (Written(home.key(spec.experiment, dataset), version),) if version else ()
