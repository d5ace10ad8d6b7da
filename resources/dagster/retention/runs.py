"""Deletes Dagster's runs that ended long ago, with their events, checks, captured output and file of events."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import dagster as dg
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage

from resources.dagster.instance import PARTITION
from resources.home import Home

DAY_S = 86_400.0
RUN_DAYS = 90
ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def prune_runs(instance: dg.DagsterInstance, home: Home, now: float) -> int:
    """Delete runs that ended more than 90 days before `now`, in Unix seconds; return how many.

    A run stays while its materialization of an asset's partition is the newest: it is what Dagit shows of the
    experiment. Runs that did not end stay. What a process that was killed here left of a run goes the next time.
    """
    before = now - RUN_DAYS * DAY_S
    newest = _NewestMakers(instance)
    old = [run for run in _ended(instance, before) if not newest.holds(run)]
    for run_id in [*(run.run_id for run in old), *_left(instance, home, before)]:
        _delete(instance, home, run_id)
    return len(old)


class _NewestMakers:
    """The runs that made the newest materialization of an asset's partition, asked for once a partition."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance, self._assets = instance, instance.get_asset_keys()
        self._known: dict[str, set[str]] = {}

    def holds(self, run: dg.DagsterRun) -> bool:
        """Return whether the run is one of them."""
        partition = run.tags.get(PARTITION)
        if partition is None:
            return False
        if partition not in self._known:
            self._known[partition] = set(self._of(partition))
        return run.run_id in self._known[partition]

    def _of(self, partition: str) -> Iterator[str]:
        for asset in self._assets:
            wanted = dg.AssetRecordsFilter(asset, asset_partitions=[partition])
            for record in self._instance.fetch_materializations(wanted, limit=1).records:
                yield record.run_id


def _ended(instance: dg.DagsterInstance, before: float) -> list[dg.DagsterRun]:
    created = dg.RunsFilter(statuses=ENDED, created_before=datetime.fromtimestamp(before, UTC))
    return [
        record.dagster_run
        for record in instance.get_run_records(created)
        if (record.end_time or record.update_timestamp.timestamp()) < before
    ]


def _left(instance: dg.DagsterInstance, home: Home, before: float) -> list[str]:
    """Return the ids of runs that are gone, and whose files of events or output were last written before `before`."""
    files = [*_shards(home).glob("*.db"), *_outputs(home).glob("*")]
    ids = {path.stem for path in files if _is_run_id(path.stem) and path.stat().st_mtime < before}
    return sorted(run_id for run_id in ids if not instance.has_run(run_id))


def _delete(instance: dg.DagsterInstance, home: Home, run_id: str) -> None:
    """Delete a run; its file of events goes last, so that what a kill leaves of the run is found by it."""
    shutil.rmtree(_outputs(home) / run_id, ignore_errors=True)
    storage = instance.event_log_storage
    if isinstance(storage, SqlEventLogStorage):  # Dagster leaves these rows, whose run is gone
        with storage.index_connection() as connection:
            checks = AssetCheckExecutionsTable
            connection.execute(checks.delete().where(checks.c.run_id == run_id))
    instance.delete_run(run_id)
    for suffix in (".db-wal", ".db-shm", ".db"):
        (_shards(home) / f"{run_id}{suffix}").unlink(missing_ok=True)


def _shards(home: Home) -> Path:
    return home.dagster / "history" / "runs"


def _outputs(home: Home) -> Path:
    return home.dagster / "storage"


def _is_run_id(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
