"""Runs of Dagster that ended long ago go whole: row, events, checks, captured output, file of events."""

import os
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

from resources.dagster.retention.runs import DAY_S, prune_runs
from resources.home import Home
from tests.dagster_clock import dagster_at

NOW = 1_800_000_000.0
NAME = "tip-bench-kept"
PARTITIONS = dg.DynamicPartitionsDefinition(name="experiment")


@dg.asset(name="candidates", partitions_def=PARTITIONS)
def candidates() -> dg.MaterializeResult[None]:
    """An asset of an experiment."""
    print("captured")
    return dg.MaterializeResult()


@dg.asset_check(asset=candidates)
def complete() -> dg.AssetCheckResult:
    """A check of it."""
    return dg.AssetCheckResult(passed=True)


DEFINITIONS = dg.Definitions([candidates], asset_checks=[complete], executor=dg.in_process_executor)


def run_at(instance: dg.DagsterInstance, days_ago: float) -> str:
    """The id of a run that materialized and checked the asset that many days before NOW."""
    instance.add_dynamic_partitions("experiment", [NAME])
    job = DEFINITIONS.resolve_implicit_global_asset_job_def()
    with dagster_at(NOW - days_ago * DAY_S):
        return job.execute_in_process(instance=instance, partition_key=NAME).run_id


def traces(instance: dg.DagsterInstance, home: Home, run_id: str) -> dict[str, bool]:
    """Where the run is still to be found."""
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    checks = AssetCheckExecutionsTable
    with storage.index_connection() as connection:
        checked = connection.execute(checks.select().where(checks.c.run_id == run_id)).all()
    return {
        "run": instance.has_run(run_id),
        "checks": bool(checked),
        "output": (home.dagster / "storage" / run_id).exists(),
        "events": bool(list((home.dagster / "history" / "runs").glob(f"{run_id}.*"))),
    }


def test_old_runs_go_whole(instance: dg.DagsterInstance, home: Home) -> None:
    """Of four the two old ones go; the experiment is as materialized as before, and pruning again deletes nothing."""
    old, older, ended, young = (run_at(instance, days) for days in (91.0, 200.0, 89.0, 1.0))
    assert set(traces(instance, home, old).values()) == {True}
    assert prune_runs(instance, home, NOW) == 2
    assert [any(traces(instance, home, run).values()) for run in (old, older)] == [False, False]
    assert [all(traces(instance, home, run).values()) for run in (ended, young)] == [True, True]
    assert instance.get_materialized_partitions(dg.AssetKey("candidates")) == {NAME}
    assert prune_runs(instance, home, NOW) == 0


def test_what_an_experiment_shows_stays(instance: dg.DagsterInstance, home: Home) -> None:
    """The run with the newest materialization stays however old it is, until a newer one has been made."""
    first = run_at(instance, 300)
    newest = run_at(instance, 200)
    assert prune_runs(instance, home, NOW) == 1
    assert (any(traces(instance, home, first).values()), instance.has_run(newest)) == (False, True)
    instance.report_runless_asset_event(dg.AssetMaterialization("candidates", partition=NAME))
    assert prune_runs(instance, home, NOW) == 1


def test_runs_that_did_not_end_stay(instance: dg.DagsterInstance, home: Home) -> None:
    """A run that waits in the queue is nobody's to delete."""
    with dagster_at(NOW - 400 * DAY_S):
        waiting = instance.create_run_for_job(DEFINITIONS.resolve_implicit_global_asset_job_def()).run_id
    assert prune_runs(instance, home, NOW) == 0
    assert instance.has_run(waiting)


def test_what_a_kill_left_goes_the_next_time(instance: dg.DagsterInstance, home: Home) -> None:
    """Files of a run without its row are found by their names; other files stay."""
    killed = run_at(instance, 91)
    run_at(instance, 1)
    instance.run_storage.delete_run(killed)
    for path in (*(home.dagster / "history" / "runs").glob(f"{killed}.*"), home.dagster / "storage" / killed):
        _age(path)
    other = home.dagster / "storage" / "notes"
    other.mkdir()
    _age(other)
    assert prune_runs(instance, home, NOW) == 0
    assert not any(traces(instance, home, killed).values())
    assert other.exists()


def _age(path: Path) -> None:
    os.utime(path, (NOW - 91 * DAY_S, NOW - 91 * DAY_S))
