"""Runs jobs of the graph in this process on the home's Dagster instance, as the command line does."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import dagster as dg
from dagster._core.errors import (  # not public; Dagster is pinned exactly
    DagsterAssetCheckFailedError,
    DagsterExecutionInterruptedError,
)
from sqlalchemy.exc import OperationalError

from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.dagster.instance import prepare_instance
from wiring.dagster.graph import build_graph


class RunStoreUnavailable(RuntimeError):
    """Dagster's own database cannot be written or read."""


Metadata = dict[str, object]


def add_partition(bench: BenchContext, name: str) -> None:
    """Register the experiment's partition, so that Dagit lists it; idempotent."""
    prepare_instance(bench.home)
    with _run_store(bench), dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions(experiments.name or "", [name])


@contextmanager
def _run_store(bench: BenchContext) -> Iterator[None]:
    """Turns a fault of Dagster's own database into RunStoreUnavailable."""
    try:
        yield
    except OperationalError as error:
        raise RunStoreUnavailable(
            f"Dagster's database under {bench.home.dagster} cannot be used ({error.orig}): make room or correct "
            "its permissions, then run again; what was collected is kept"
        ) from error


def run_job(
    bench: BenchContext,
    job: Literal["benchmark", "publish", "export"],
    name: str,
    config: dict[str, object] | None = None,
) -> tuple[bool, dict[str, Metadata]]:
    """Run a job for one experiment; whether everything passed, and each asset's metadata.

    What a step raised for a person is raised here as it was; a failed blocking check gives False.
    """
    prepare_instance(bench.home)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    run_config = {
        "ops": {"candidates": {"config": config}} if config else {},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    with _run_store(bench), dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions(experiments.name or "", [name])
        definition = build_graph(bench).resolve_job_def(job)
        try:
            result = definition.execute_in_process(
                instance=instance, partition_key=name, run_config=run_config, raise_on_error=True
            )
        except dg.Failure as failure:
            raise (failure.__cause__ or failure) from None
        except DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
        except DagsterAssetCheckFailedError:
            return False, _metadata(instance, name)
        return result.success, _metadata(instance, name)


def _metadata(instance: dg.DagsterInstance, name: str) -> dict[str, Metadata]:
    found: dict[str, Metadata] = {}
    for asset in ("candidates", "judge_exports", "judge_scores", "leaderboards"):
        event = instance.fetch_materializations(
            dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[name]), limit=1
        ).records
        if event and event[0].asset_materialization:
            found[asset] = {key: value.value for key, value in event[0].asset_materialization.metadata.items()}
    return found
