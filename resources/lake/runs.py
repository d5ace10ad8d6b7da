"""Records of every collecting run of an experiment, one small file per run, rewritten as it goes on."""

import msgspec

from contracts.benchmark.experiments import CellProgressView, RunRecord
from resources.home import Home
from resources.lake.broken import read_value
from resources.lake.lock import is_free

FOLDER = "runs"


class StoredRun(RunRecord, frozen=True):
    """A run's record as it is stored, with what the lists of runs do not show."""

    cells: tuple[CellProgressView, ...] = ()


def write_run(home: Home, name: str, run: RunRecord, cells: tuple[CellProgressView, ...] = ()) -> None:
    """Write the run's record over the one before, with how far it is with each cell, in the order of the spec.

    It is the run's own, so that no fence is needed: a run that lost its lease says how it ended, and harms nobody.
    """
    stored = StoredRun(**msgspec.structs.asdict(run), cells=cells)
    home.storage.blobs.put(home.key(name, FOLDER, f"{run.run_id}.json"), msgspec.json.encode(stored))


def note_judging(home: Home, name: str, run_id: str, *, judged: int, to_judge: int, cost: float) -> None:
    """Write into a run's record how many items model judges answered, of how many, and what judging has cost in all."""
    run = read_run(home, name, run_id)
    if run is not None:
        run = msgspec.structs.replace(run, judged=judged, to_judge=to_judge, judge_cost=cost)
        home.storage.blobs.put(home.key(name, FOLDER, f"{run_id}.json"), msgspec.json.encode(run))


def read_run(home: Home, name: str, run_id: str) -> StoredRun | None:
    """Return a run's record as it wrote it last, None before it wrote any; an older one has no cells."""
    return read_value(home.storage.blobs, home.key(name, FOLDER, f"{run_id}.json"), StoredRun)


def read_runs(home: Home, name: str) -> list[RunRecord]:
    """Return runs by start; one recorded as running while no process holds the writer lock was interrupted."""
    blobs, folder = home.storage.blobs, home.key(name, FOLDER)
    found = [read_value(blobs, f"{folder}/{file}", RunRecord) for file in blobs.list(folder) if file.endswith(".json")]
    runs = [run for run in found if run is not None]
    if any(run.status == "running" for run in runs) and is_free(home, name):
        runs = [msgspec.structs.replace(r, status="interrupted") if r.status == "running" else r for r in runs]
    return sorted(runs, key=lambda run: (run.started_at, run.run_id))
