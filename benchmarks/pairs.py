"""CPU time of this checkout over that of an older one, task by task, in turn in one run.

usage: python -m benchmarks.pairs BEFORE [--rounds N] [--only TASK …]

BEFORE is the folder of the older checkout, of `git worktree add --detach FOLDER COMMIT`. Each side is a process that
stands until the end (benchmarks.pairs_worker), so that neither start-up nor what else the machine does is in a figure;
they do a task one after the other, in the other order every round. A ratio is the median of those of the rounds, with
the lowest and the highest.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.endpoint import endpoint

ROOT = Path(__file__).resolve().parents[1]
TASKS = {
    "me": "GraphQL `{me}`, 300 requests",
    "listed": "GraphQL, a list of experiments, 300 requests",
    "home": "`GET /v1/home`, 300 requests",
    "profile": "`PUT /v1/profile`, 300 requests",
    "collect": "collect of 2,000 generations from a 5 ms endpoint",
    "adopt": "adopt of 10,000 outputs",
    "export": "export of 10,000 items",
    "take": "import of 10,000 answers",
    "publish": "publication of their leaderboard",
    "board": "leaderboard by one judge, computed",
    "experiments": "list of experiments from the lake, 100 times",
}
"""In this order, for a task rests on those before it."""
NEEDS = {"export": ("adopt",), "take": ("adopt", "export"), "publish": ("adopt", "export", "take")}
NEEDS["board"] = (*NEEDS["publish"], "publish")
GOAL = 1.05


@contextmanager
def side(checkout: Path, folder: Path, url: str) -> Iterator["subprocess.Popen[str]"]:
    """Start the worker of one checkout."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")}
    command = [sys.executable, "-P", str(ROOT / "benchmarks" / "pairs_worker.py"), str(folder), url]
    with subprocess.Popen(
        command,
        cwd=checkout,
        env={**environ, "PYTHONPATH": str(checkout)},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.communicate()


def ask(process: "subprocess.Popen[str]", task: str) -> float:
    """Return the CPU seconds that a side took for a task."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the worker has no pipes")
    process.stdin.write(f"{task}\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"a worker ended at {task}: run benchmarks/pairs_worker.py in its checkout to see why")
    return float(line)


def main() -> None:
    """Print a line a task: seconds before and now, and the ratio."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="*", choices=TASKS, default=list(TASKS))
    given = parser.parse_args()
    wanted = {*given.only, *(need for task in given.only for need in NEEDS.get(task, ()))}
    spent: dict[str, list[tuple[float, float]]] = {task: [] for task in TASKS if task in wanted}
    with tempfile.TemporaryDirectory() as folder, endpoint(5.0) as url:
        roots = [given.before.resolve(), ROOT]
        with side(roots[0], Path(folder, "before"), url) as before, side(roots[1], Path(folder, "now"), url) as now:
            for number in range(given.rounds + 1):  # the first one warms up
                for task, found in spent.items():
                    pair = [ask(each, task) for each in ((before, now) if number % 2 else (now, before))]
                    if number:
                        found.append((pair[0], pair[1]) if number % 2 else (pair[1], pair[0]))
                print(f"round {number} of {given.rounds}, load average {os.getloadavg()[0]:.1f}", flush=True)
    for task, found in spent.items():
        ratios = sorted(b / a for a, b in found)
        ratio = statistics.median(ratios)
        first, second = (statistics.median(each) for each in zip(*found, strict=True))
        said = f"{ratio:.2f} × ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"{TASKS[task]}: {first:.3f} s before, {second:.3f} s now, {said}{'' if ratio <= GOAL else ', SLOWER'}")


if __name__ == "__main__":
    main()
