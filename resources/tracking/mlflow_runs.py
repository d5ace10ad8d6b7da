"""Brings MLflow to a MirrorRun: a parent run per experiment, a child run per cell.

What is there is not written again.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_LOGGED_ARTIFACTS, MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NAME

from contracts.benchmark.tracking import MirrorRun
from contracts.storage import Storage
from resources.tracking.tables import TABLE, cell_tables

EXPERIMENT, SPEC, CELL, STATUS = "tipbench.experiment", "tipbench.spec", "tipbench.cell", "tipbench.status"
SNAPSHOT, HASH = "tipbench.candidates", "tipbench.sha256."
_ORDER = ("collected", "exported", "judged")
_PAGE = 1_000
_LONGEST_PARAM = 6_000


def mirror_run(client: MlflowClient, run: MirrorRun, storage: Storage, artifacts: Path | None) -> tuple[str, str]:
    """Bring MLflow to `run`, whose keys are those of `storage`, and return (experiment id, parent run id).

    New experiments store artifacts under `artifacts`. A run is found again by its tags: the experiment and the pin's
    hash for the parent, so that two homes with one name on one server stay apart; the parent and the cell's name for a
    child. Raise MlflowException, or FileNotFoundError.
    """
    experiment = _experiment(client, run.experiment, artifacts)
    parent = _parent(client, experiment, run)
    children = _children(client, experiment, parent)
    for cell in run.cells:
        name = f"{cell.model}/{cell.prompt}"
        child = children.get(name)
        if child is None:
            tags = {EXPERIMENT: run.experiment, CELL: name, MLFLOW_PARENT_RUN_ID: parent.info.run_id}
            children[name] = child = _create(client, experiment, name, {**tags, **_table_tag()})
        _bring(client, child, cell.params, cell.metrics, _status(child, run.status))
    _tables(client, run, storage, parent, [children[f"{cell.model}/{cell.prompt}"] for cell in run.cells])
    for key in run.artifacts:
        data = storage.blobs.get(key)
        if data is None:
            raise FileNotFoundError(f"{key} is missing")
        _artifact(client, parent, key.rpartition("/")[2], data)
    _bring(client, parent, run.params, {"n_cells": float(len(run.cells))}, _status(parent, run.status))
    return experiment, parent.info.run_id


def _experiment(client: MlflowClient, name: str, artifacts: Path | None) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        location = None if artifacts is None else (artifacts / name).as_uri()
        return str(client.create_experiment(name, artifact_location=location, tags={EXPERIMENT: name}))
    if found.lifecycle_stage != "active":
        raise MlflowException(f"its experiment {name} was deleted there, restore it first")
    return str(found.experiment_id)


def _parent(client: MlflowClient, experiment: str, run: MirrorRun) -> Run:
    wanted = f"tags.`{EXPERIMENT}` = '{run.experiment}' and tags.`{SPEC}` = '{run.spec_hash}'"
    found = client.search_runs([experiment], wanted, max_results=1, order_by=["attributes.start_time ASC"])
    if found:
        return found[0]
    return _create(client, experiment, run.experiment, {EXPERIMENT: run.experiment, SPEC: run.spec_hash})


def _children(client: MlflowClient, experiment: str, parent: Run) -> dict[str, Run]:
    """Return child runs by cell name; the oldest of two that a fault left under one name."""
    wanted = f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{parent.info.run_id}'"
    found: dict[str, Run] = {}
    token = None
    while True:
        page = client.search_runs([experiment], wanted, max_results=_PAGE, page_token=token)
        for run in page:
            known = found.get(run.data.tags[CELL])
            if known is None or run.info.start_time < known.info.start_time:
                found[run.data.tags[CELL]] = run
        token = page.token
        if not token:
            return found


def _create(client: MlflowClient, experiment: str, name: str, tags: Mapping[str, str]) -> Run:
    made = client.create_run(experiment, tags={**tags, MLFLOW_RUN_NAME: name}, run_name=name)
    client.set_terminated(made.info.run_id)
    return made


def _status(run: Run, status: str) -> dict[str, str]:
    """Return the status tag, which never goes back to an earlier one."""
    known = run.data.tags.get(STATUS, _ORDER[0])
    return {STATUS: max(known, status, key=_ORDER.index)}


def _bring(
    client: MlflowClient, run: Run, params: Mapping[str, str], metrics: Mapping[str, float], tags: Mapping[str, str]
) -> None:
    """Write what differs from `run` as it was read, in one request."""
    now = time.time_ns() // 1_000_000
    short = {key: value[:_LONGEST_PARAM] for key, value in params.items()}
    new_params = [Param(key, value) for key, value in short.items() if key not in run.data.params]
    new_metrics = [Metric(key, value, now, 0) for key, value in metrics.items() if run.data.metrics.get(key) != value]
    new_tags = [RunTag(key, value) for key, value in tags.items() if run.data.tags.get(key) != value]
    if new_params or new_metrics or new_tags:
        client.log_batch(run.info.run_id, metrics=new_metrics, params=new_params, tags=new_tags)


def _table_tag() -> dict[str, str]:
    """Return the tag by which MLflow's UI and `load_table` see the artifact as a table."""
    return {MLFLOW_LOGGED_ARTIFACTS: json.dumps([{"path": TABLE, "type": "table"}])}


def _tables(client: MlflowClient, run: MirrorRun, storage: Storage, parent: Run, children: list[Run]) -> None:
    """Log the candidates tables that changed; the snapshot's tag on the parent, set last, spares reading it again."""
    if run.candidates is None or run.candidates_hash is None:
        return
    known = parent.data.tags.get(SNAPSHOT)
    if known == run.candidates_hash and all(HASH + TABLE in child.data.tags for child in children):
        return
    by_cell = {cell.cell: child for cell, child in zip(run.cells, children, strict=True)}
    for cell, table in cell_tables(storage.datasets.locator(run.candidates)):
        if cell in by_cell:
            _artifact(client, by_cell[cell], TABLE, table)
    client.set_tag(parent.info.run_id, SNAPSHOT, run.candidates_hash)


def _artifact(client: MlflowClient, run: Run, name: str, data: bytes) -> None:
    """Log an artifact unless its content hash says that it is there."""
    digest = hashlib.sha256(data).hexdigest()
    if run.data.tags.get(HASH + name) == digest:
        return
    with TemporaryDirectory(prefix="tipbench-") as folder:
        (Path(folder) / name).write_bytes(data)
        client.log_artifact(run.info.run_id, str(Path(folder) / name))
    client.set_tag(run.info.run_id, HASH + name, digest)
