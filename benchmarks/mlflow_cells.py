"""Times the MLflow mirror of an experiment with 100 cells of 1,000 candidates each, and of the same again.

usage: .venv/bin/python benchmarks/mlflow_cells.py [CELLS] [CANDIDATES]
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.benchmark.tracking import MirrorCell, MirrorRun
from core.dataset_columns import CANDIDATES
from resources.home import Home
from resources.tracking import MlflowTracker

LIMIT_S = 20.0
TIP = "Put the phone in the kitchen at ten, set out tomorrow's clothes, and read two pages until you are tired. " * 2


def candidates(path: Path, cells: int, each: int) -> None:
    """Write a candidates file with `each` tips of about 210 characters for every cell."""
    with pq.ParquetWriter(path, CANDIDATES, compression="zstd") as writer:
        for cell in range(cells):
            rows = [
                {
                    "candidate_id": f"{cell:04}{number:028}",
                    "cell": cell,
                    "model": f"model-{cell // 10}",
                    "prompt": f"prompt-{cell % 10}",
                    "scenario": number // 10,
                    "scenario_id": f"sleep-{number // 10:03}",
                    "tip_index": number % 10,
                    "outcome": "text",
                    "text": f"{number}. {TIP}",
                    "tokens_in": 200,
                    "tokens_out": 50,
                    "latency_ms": 50.0 + number % 7,
                    "cost": 0.0001,
                    "attempts": 1,
                    "origin": "run",
                }
                for number in range(each)
            ]
            writer.write_table(pa.Table.from_pylist(rows, CANDIDATES))


def timed(label: str, action: Callable[[], object]) -> float:
    """Run `action`, print its wall time and return it, in seconds."""
    start = time.perf_counter()
    action()
    took = time.perf_counter() - start
    print(f"{label:58} {took:7.2f} s")
    return took


def main() -> int:
    """Print the wall times; 1 when the mirror took longer than its limit."""
    cells, each = (int(word) for word in (*sys.argv[1:3], *("100", "1000")[len(sys.argv[1:3]) :]))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "candidates.parquet"
        candidates(file, cells, each)
        run = MirrorRun(
            experiment="tip-bench-speed",
            spec_hash="0" * 64,
            status="collected",
            params={"seed": "0"},
            cells=tuple(
                MirrorCell(
                    cell=cell,
                    model=f"model-{cell // 10}",
                    prompt=f"prompt-{cell % 10}",
                    params={f"param_{number}": str(number) for number in range(5)},
                    metrics={f"metric_{number}": float(number) for number in range(8)},
                )
                for cell in range(cells)
            ),
            candidates=file.name,
            candidates_hash="1" * 64,
        )
        judged = msgspec.structs.replace(
            run,
            status="judged",
            cells=tuple(msgspec.structs.replace(cell, metrics={**cell.metrics, "score": 4.2}) for cell in run.cells),
        )
        tracker = MlflowTracker(Home(Path(folder)), None)
        warm_up = msgspec.structs.replace(run, experiment="tip-bench-first", cells=(), candidates=None)
        timed("first use: import of MLflow, its database", lambda: tracker.mirror(warm_up))
        took = timed(f"{cells} cells of {each} candidates", lambda: tracker.mirror(run))
        timed("the same again", lambda: tracker.mirror(run))
        timed("judged: one metric and the status of every cell", lambda: tracker.mirror(judged))
    print(f"limit {LIMIT_S:.0f} s: {'kept' if took <= LIMIT_S else 'NOT kept'}")
    return 0 if took <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
