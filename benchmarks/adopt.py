"""Time and memory of `tipbench adopt` over those of `python -c "import dagster"`, in turn in one run.

usage: python -m benchmarks.adopt [ROWS…]

ROWS are 10,000 and 100,000 by default: 100 cells of ROWS / 100 scenarios, each tip scored by three judges on one
criterion, as JSON lines made from a seed. Each size has a fresh home. What outlives the command is not waited for.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CLI = [sys.executable, "-c", "from wiring.cli import main; main()"]
CELLS = 100
JUDGES = ("anna", "ben", "cara")
RUBRIC = """name = "win"
version = "1"
[scale]
low = 0
high = 1
[[criteria]]
name = "win"
description = "Wins against the reference"
"""


class Spent(NamedTuple):
    """CPU and clock seconds of a process, and the most memory it held in MB."""

    cpu: float
    wall: float
    peak: float


def spent(command: list[str], folder: Path) -> Spent:
    """Return what a command takes in `folder`, which holds its home; raise RuntimeError if it fails."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")}
    environ |= {"TIPBENCH_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    output = folder / "output.txt"
    started = time.perf_counter()
    with output.open("wb") as file:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=file, stderr=file)
        _, status, used = os.wait4(process.pid, 0)
    seconds, process.returncode = time.perf_counter() - started, os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[3:]} ended with {process.returncode}: {output.read_text()[-2000:]}")
    return Spent(used.ru_utime + used.ru_stime, seconds, used.ru_maxrss / 1024)


def lines(rows: int) -> Iterator[str]:
    """Yield `rows` outputs of CELLS cells as JSON lines, always the same."""
    rng = random.Random(7)  # noqa: S311 -- a benchmark is to repeat
    for number in range(rows):
        scenario, cell = divmod(number, CELLS)
        row = {
            "model": f"m{cell}",
            "prompt": "p",
            "scenario_id": f"s{scenario:04d}",
            "scenario": f"Situation {scenario}",
            "tip_index": 0,
            "text": f"Tip {cell} of {scenario}.",
            "scores": {judge: {"win": round(rng.random(), 3)} for judge in JUDGES},
        }
        yield json.dumps(row) + "\n"


def main() -> None:
    """Adopt each size once, after Dagster's import, and print the ratios."""
    for rows in [int(text) for text in sys.argv[1:]] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            folder = Path(temporary)
            (folder / "tipbench.toml").write_text("")
            (folder / "rubric.toml").write_text(RUBRIC)
            with (folder / "outputs.jsonl").open("w") as file:
                file.writelines(lines(rows))
            base = spent([sys.executable, "-c", "import dagster"], folder)
            own = spent([*CLI, "adopt", "tip-bench-adopted", "outputs.jsonl", "--rubric", "rubric.toml"], folder)
        ratios = f"{own.cpu / base.cpu:.1f} × in CPU time, {own.wall / base.wall:.1f} × by the clock"
        print(f"{rows:,} rows: {ratios} ({own.cpu:.1f} s over {base.cpu:.1f} s), peak {own.peak:.0f} MB", end="")
        print(f", load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
