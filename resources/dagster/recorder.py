"""The recorder: writes what commands made as runless asset events into the home's Dagster instance, and ends.

A command starts it and does not wait for it. It is alone on its home, and gone after some seconds.
"""

import gc
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from kit.private_files import keep_private
from resources.dagster.instance import PARTITIONS, prepare_instance, read_migrations_once
from resources.dagster.recording_queue import Recording, RecordingQueue
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.telemetry_optout import opt_out_of_telemetry

if TYPE_CHECKING:
    import dagster as dg

WORKS_S = 60.0
"""Nothing new is begun after this time."""
LONGEST_S = 300
"""A database that never answers must not keep the process alive."""
MAKING_S = 30.0
"""Longer than a recorder takes to make the databases of a new home."""
SEEN = 50
"""Events of an asset among which one that may be recorded already is looked for."""


def open_instance(home: Home) -> "dg.DagsterInstance":
    """Return the home's instance, made at first use; raise OperationalError or OSError if it is unavailable."""
    import dagster as dg

    prepare_instance(home)
    read_migrations_once()
    return dg.DagsterInstance.get()


def is_made(home: Home) -> bool:
    """Return whether the instance's databases of runs and events are there, and no recorder is making them."""
    with RecordingQueue(home).alone(MAKING_S):
        folder = home.dagster / "history"
        return (folder / "runs.db").exists() and (folder / "runs" / "index.db").exists()


def record(instance: "dg.DagsterInstance", recording: Recording, *, again: bool) -> None:
    """Write the events, adding the experiment's partition first; with `again` only those that are not there yet.

    Raise SQLAlchemyError or OSError if the store is unavailable.
    """
    import dagster as dg

    from resources.dagster.metadata import as_metadata

    instance.add_dynamic_partitions(PARTITIONS, [recording.experiment])
    for step in recording.steps:
        if not (again and _has(instance, step.asset, recording)):
            metadata = {**as_metadata(step), "recording": recording.id}
            instance.report_runless_asset_event(
                dg.AssetMaterialization(step.asset, partition=recording.experiment, metadata=metadata)
            )


def _has(instance: "dg.DagsterInstance", asset: str, recording: Recording) -> bool:
    import dagster as dg

    wanted = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=[recording.experiment])
    found = (record.asset_materialization for record in instance.fetch_materializations(wanted, limit=SEEN).records)
    return any(made and made.metadata.get("recording") == dg.TextMetadataValue(recording.id) for made in found)


def record_waiting(
    queue: RecordingQueue, instance: Callable[[], "dg.DagsterInstance"], works_s: float = WORKS_S
) -> str | None:
    """Record what waits, oldest first, and return why that did not work, None if it did.

    Does nothing where another process records, and begins nothing after `works_s` seconds. The `instance` is asked for
    when there is something to record. What could not be recorded stays for the next time.
    """
    until = time.monotonic() + works_s
    while queue.waiting() and time.monotonic() < until:  # again after each release: who came meanwhile found a recorder
        with queue.alone() as alone:
            problem = _record_all(queue, instance, until) if alone else None
        if problem is not None:
            queue.failed(problem)
        if problem is not None or not alone:
            return problem
    return None


def _record_all(queue: RecordingQueue, instance: Callable[[], "dg.DagsterInstance"], until: float) -> str | None:
    from sqlalchemy.exc import SQLAlchemyError

    for key in queue.waiting():
        if time.monotonic() >= until:
            break
        try:
            recording, again = queue.begin(key)
            if queue.home.storage.blobs.list(queue.home.key(recording.experiment)):  # else it was deleted meanwhile
                record(instance(), recording, again=again)
            queue.end(recording)
        except LakeBroken:
            queue.set_aside(key)
        except (SQLAlchemyError, OSError) as error:
            return " ".join(str(getattr(error, "orig", None) or error).split())
    return None


def record_home(home: Home) -> None:
    """Record what waits in `home` on an instance that is opened for it; the queue keeps why that did not work."""
    queue, opened = RecordingQueue(home), list["dg.DagsterInstance"]()
    with ExitStack() as stack:

        def opened_once() -> "dg.DagsterInstance":
            if not opened:
                opened.append(stack.enter_context(open_instance(home)))
            return opened[0]

        try:
            record_waiting(queue, opened_once)
        except Exception as error:  # noqa: BLE001  # the edge: nobody reads its output, the next command tells this
            queue.failed(f"{type(error).__name__}: {error}".partition("\n")[0])


def main(root: str) -> None:
    """Record what waits in the home at `root`; the kernel ends a process that takes too long."""
    signal.alarm(LONGEST_S)
    gc.set_threshold(100_000, 50, 100)  # it ends soon: a fifth of its time had gone into looking for garbage
    keep_private()
    opt_out_of_telemetry()
    record_home(Home(Path(root)))


if __name__ == "__main__":
    main(sys.argv[1])
