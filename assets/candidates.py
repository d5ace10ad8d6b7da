"""The asset `candidates`: every expected generation of an experiment, collected and folded into one table."""

import dagster as dg

from assets.failures import in_one_sentence
from assets.links import tracking_metadata
from assets.options import LaunchOptions
from assets.partitions import experiments
from resources.collecting import collect_experiment
from resources.house import House
from resources.launch import launch
from resources.mirroring import mirror
from resources.summaries import candidate_summary


@dg.asset(partitions_def=experiments, group_name="benchmark", kinds={"parquet", "mlflow"})
def candidates(
    context: dg.AssetExecutionContext, config: LaunchOptions, house: dg.ResourceParam[House]
) -> dg.MaterializeResult[None]:
    """Tips of every cell of the experiment over the same scenarios; failed and refused generations are rows too.

    The first materialization pins the options; later ones ask only for what has no final outcome yet.
    """
    name = context.partition_key
    with in_one_sentence():
        house.tracker.warm()
        spec = launch(house, name, config.options(), config.judges or (), by_default=False)
        collected = collect_experiment(house, spec, run_id=context.run.run_id, accept=config.accept_failures)
        links = mirror(house, spec, "collected", log=context.log.warning)
        summary = candidate_summary(house.home, spec)
    return dg.MaterializeResult(
        metadata={
            "expected": collected.expected,
            "done": collected.done,
            "failed_or_refused": collected.failed,
            "taken_over": collected.taken_over,
            "maybe_paid_twice": collected.maybe_paid_twice,
            "cost_usd": collected.cost,
            "left": collected.sentence() if collected.left else "nothing",
            "cells": dg.MetadataValue.md(summary),
            **tracking_metadata(links),
        }
    )
