"""The home's Dagster instance: its configuration, made at first use, and the environment that Dagster needs."""

import json
import os
from collections.abc import MutableMapping
from pathlib import Path

from resources.home import Home
from resources.lake.files import create_exclusively

LOCATION = "tipbench"
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
