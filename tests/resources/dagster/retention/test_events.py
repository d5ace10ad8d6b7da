"""Old events without a run, and old ticks, go; what Dagit shows of an experiment stays."""

import sqlite3
import sys

import dagster as dg
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, TickData, TickStatus
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from resources.dagster.retention.events import DAY_S, prune_events, prune_ticks
from resources.home import Home
from tests.dagster_clock import dagster_at

NOW = 1_800_000_000.0


def record(instance: dg.DagsterInstance, days_ago: float, asset: str, partition: str) -> None:
    """What a command made that many days before NOW."""
    with dagster_at(NOW - days_ago * DAY_S):
        instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=partition, tags={"of": "test"}))


def rows(home: Home, shard: str) -> int:
    """Events in one of Dagster's files."""
    with sqlite3.connect(home.dagster / "history" / "runs" / f"{shard}.db") as database:
        counted: int = database.execute("SELECT count(*) FROM event_logs").fetchone()[0]
    database.close()
    return counted


def test_old_events_go_and_the_newest_of_a_partition_stays(instance: dg.DagsterInstance, home: Home) -> None:
    """Both copies go; what is materialized stays so, however old it is."""
    for days_ago in (300, 200, 100):
        record(instance, days_ago, "candidates", "tip-bench-old")
    for days_ago in (92, 91, 1):
        record(instance, days_ago, "candidates", "tip-bench-new")
    assert (rows(home, "index"), rows(home, "")) == (6, 6)
    assert prune_events(instance, NOW) == 4
    assert (rows(home, "index"), rows(home, "")) == (2, 2)
    assert instance.get_materialized_partitions(dg.AssetKey("candidates")) == {"tip-bench-old", "tip-bench-new"}
    assert prune_events(instance, NOW) == 0


def test_old_ticks_go(instance: dg.DagsterInstance) -> None:
    """Whatever came of them; young ones stay."""
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name="planted", attribute="planted")
    origin = RemoteRepositoryOrigin(ManagedGrpcPythonEnvCodeLocationOrigin(target), "planted")
    state = InstigatorState(origin.get_instigator_origin("inbox"), InstigatorType.SENSOR, InstigatorStatus.RUNNING)
    instance.add_instigator_state(state)
    for days_ago in (200, 91, 89):
        for status in (TickStatus.SUCCESS, TickStatus.SKIPPED):
            tick = TickData(
                instigator_origin_id=state.instigator_origin_id,
                instigator_name="inbox",
                instigator_type=InstigatorType.SENSOR,
                selector_id=state.selector_id,
                status=status,
                run_ids=["run-1"] if status is TickStatus.SUCCESS else [],
                timestamp=NOW - days_ago * DAY_S,
            )
            instance.create_tick(tick)
    prune_ticks(instance, NOW)
    left = instance.get_ticks(state.instigator_origin_id, state.selector_id)
    assert sorted(round((NOW - tick.timestamp) / DAY_S) for tick in left) == [89, 89]
