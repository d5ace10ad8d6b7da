"""The asset `candidates`: every expected generation of an experiment, collected and folded into one table."""

import dagster as dg

from assets.failures import in_one_sentence
from assets.links import tracking_metadata
from assets.options import LaunchOptions
from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.dagster.summaries import candidate_summary
from resources.tracking.mirroring import mirror


@dg.asset(partitions_def=experiments, group_name="benchmark", kinds={"parquet", "mlflow"})
def candidates(
    context: dg.AssetExecutionContext, config: LaunchOptions, bench: dg.ResourceParam[BenchContext]
) -> dg.MaterializeResult[None]:
    """Tips of every cell of the experiment over the same scenarios; failed and refused generations are rows too.

    The first materialization pins the options; later ones ask only for what has no final outcome yet.
    """
    name = context.partition_key
    with in_one_sentence():
        bench.tracker.warm()
        spec = launch(bench, name, config.options(), config.judges or (), by_default=False)
        collected = collect_experiment(
            bench, spec, run_id=context.run.run_id, accept=config.accept_failures, retry=config.retry_failed
        )
        links = mirror(bench, spec, "collected", log=context.log.warning)
        summary = candidate_summary(bench.home, spec)
    return dg.MaterializeResult(
        metadata={
            "expected": collected.expected,
            "done": collected.done,
            "failed_or_refused": collected.failed,
            "cut_off": collected.cut,
            "misconfigured": collected.misconfigured,
            "taken_over": collected.taken_over,
            "maybe_paid_twice": collected.maybe_paid_twice,
            "cost_usd": collected.cost,
            "left": collected.sentence() if collected.left else "nothing",
            "cells": dg.MetadataValue.md(summary),
            **tracking_metadata(links),
        }
    )
