"""Records of every collecting run of an experiment, one small file per run, rewritten as it goes on."""

from pathlib import Path

import msgspec

from contracts.benchmark.experiments import RunRecord
from resources.home import Home
from resources.lake.broken import read_json
from resources.lake.lock import is_free
from resources.storage.files import write_whole


def write_run(home: Home, name: str, run: RunRecord) -> None:
    """Write the run's record over the one before."""
    write_whole(_folder(home, name) / f"{run.run_id}.json", msgspec.json.encode(run))


def read_runs(home: Home, name: str) -> list[RunRecord]:
    """Return runs by start; one recorded as running while no process holds the writer lock was interrupted."""
    files = sorted(_folder(home, name).glob("*.json"))
    runs = [read_json(file, RunRecord) for file in files]
    if any(run.status == "running" for run in runs) and is_free(home, name):
        runs = [msgspec.structs.replace(r, status="interrupted") if r.status == "running" else r for r in runs]
    return sorted(runs, key=lambda run: (run.started_at, run.run_id))


def _folder(home: Home, name: str) -> Path:
    return home.experiment(name) / "runs"
