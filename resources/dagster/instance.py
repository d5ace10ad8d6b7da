"""The home's Dagster instance: its configuration, made at first use, and the environment that Dagster needs."""

import functools
import json
import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

from resources.home import Home
from resources.storage.files import create_exclusively

if TYPE_CHECKING:
    import dagster as dg
    from alembic.config import Config

LOCATION = "tipbench"
PARTITION = "dagster/partition"
"""Dagster's tag of a run with the name of its partition, here an experiment."""
PARTITIONS = "experiment"
"""The name of the dynamic partitions; assets/partitions.py spells the same, and a test compares them."""

DAGSTER_YAML = b"""\
telemetry:
  enabled: false
nux:
  enabled: false
retention:
  sensor:
    purge_after_days: {skipped: 1, failure: 30, success: -1}
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    dequeue_interval_seconds: 1
    max_user_code_failure_retries: 30
    user_code_failure_retry_delay: 2
concurrency:
  runs:
    max_concurrent_runs: 2
"""


def workspace_yaml(socket: Path) -> bytes:
    """Return the workspace file by which the daemon finds the code server at `socket`."""
    server = f"{{socket: {json.dumps(str(socket))}, location_name: {LOCATION}}}"
    return f"load_from:\n  - grpc_server: {server}\n".encode()


def prepare_instance(home: Home, environ: MutableMapping[str, str] = os.environ) -> None:
    """Write dagster.yaml unless it exists, and set DAGSTER_HOME in `environ`, as Dagster demands."""
    create_exclusively(home.dagster / "dagster.yaml", DAGSTER_YAML)
    environ["DAGSTER_HOME"] = str(home.dagster)


@functools.cache
def read_migrations_once() -> None:
    """Let this process read Dagster's migration scripts once, not whenever Dagster looks at one of its databases.

    They are 95 files, which the first opening of a home had read seven times: most of what opening took.
    """
    from alembic.script import ScriptDirectory
    from dagster._core.storage.sql import ALEMBIC_SCRIPTS_LOCATION, get_alembic_config  # Dagster is pinned exactly

    read = ScriptDirectory.from_config
    found = read(get_alembic_config(__file__, script_location=ALEMBIC_SCRIPTS_LOCATION))
    found.get_heads()  # reads them now, so that processes that are forked from this one have them

    def from_config(config: "Config") -> ScriptDirectory:
        return found if config.get_main_option("script_location") == ALEMBIC_SCRIPTS_LOCATION else read(config)

    ScriptDirectory.from_config = from_config  # type: ignore[method-assign]  # of the class, not of one


class ExperimentPartitions:
    """The experiments as partitions of an instance; None where the home has no instance yet."""

    def __init__(self, instance: "dg.DagsterInstance | None") -> None:
        self._instance = instance

    def run_under_way(self, experiment: str) -> str | None:
        """Return the id of a run of the experiment that is queued or goes on, None without one."""
        if self._instance is None:
            return None
        import dagster as dg

        ended = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
        own = {PARTITION: experiment}
        going_on = dg.RunsFilter(tags=own, statuses=[status for status in dg.DagsterRunStatus if status not in ended])
        found = self._instance.get_run_records(going_on, limit=1)
        return found[0].dagster_run.run_id if found else None

    def remove(self, experiment: str) -> str | None:
        """Remove the partition; return a sentence if Dagster's database cannot be written, so that it remains."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            if self._instance is not None:
                self._instance.delete_dynamic_partition(PARTITIONS, experiment)
        except (SQLAlchemyError, OSError):
            return f"Dagster's database could not be written: Dagit still lists the partition {experiment}"
        return None
