"""CPU time of each command of the command line over that of `python -c "import dagster"`, in turn in one run.

usage: python -m benchmarks.cli [--scenarios N] [--rounds N]

The home holds 4 cells × N scenarios × 3 tips of the template model, N being 60 by default, and a judge who has answered
every item. CPU time is user and system time of a command and of the processes that it waited for; "in the background"
is that of the processes which outlive it, which record in Dagster and in MLflow. `first request` is the clock time from
the start of a new experiment's run until the endpoint has its first request. Needs Linux.
"""

import argparse
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.endpoint import watched_endpoint

ROOT = Path(__file__).resolve().parents[1]
NAME = "tip-bench-cli"
CLI = [sys.executable, "-c", "from wiring.cli import main; main()"]
PROMPTS = "coach,terse,few-shot,evidence-first"
DAGSTER = "import dagster"
FIRST = "run, first request"
PR_SET_CHILD_SUBREAPER = 36
MODELS = """
[endpoints.bench]
base_url = "{url}"

[[models]]
name = "bench"
provider = "openai"
endpoint = "bench"
model = "bench"
"""


class Spent(NamedTuple):
    """Seconds of a command: CPU time, by the clock, and CPU time of what outlived it."""

    cpu: float
    wall: float
    background: float


def cpu_of_children() -> float:
    """Return user and system seconds of all processes that were waited for so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_for_orphans() -> None:
    """Wait for what ended commands left running: as their subreaper this process inherits them."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


class Project:
    """A project in `folder` with a home of its own, and the commands that are timed there."""

    def __init__(self, folder: Path, scenarios: int) -> None:
        self._folder = folder
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")},
            "TIPBENCH_HOME": str(folder / "home"),
            "PYTHONPATH": str(ROOT),
        }
        (folder / "catalog" / "scenarios").mkdir(parents=True)
        (folder / "tipbench.toml").write_text("")
        rows = [f"case-{n},I sleep badly in week {n} of the year.,area-{n % 5}\n" for n in range(scenarios)]
        (folder / "catalog" / "scenarios" / "own.csv").write_text("id,situation,area\n" + "".join(rows))
        self.options = ["--models", "template", "--prompts", PROMPTS, "--n-scenarios", str(scenarios), "--n-tips", "3"]
        self.spent([*CLI, "run", NAME, *self.options])
        (self._export,) = (folder / "home").glob(f"exports/{NAME}/agent/*/items.jsonl")

    def spent(self, command: list[str], code: int = 0) -> Spent:
        """Return what a command that must end with `code` took, after all that it started has ended."""
        before, started = cpu_of_children(), time.perf_counter()
        done = subprocess.run(
            command, cwd=self._folder, env=self._environ, capture_output=True, text=True, check=False, timeout=600
        )
        seconds, own = time.perf_counter() - started, cpu_of_children()
        wait_for_orphans()
        if done.returncode != code:
            raise RuntimeError(f"{command[3:]} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
        return Spent(own - before, seconds, cpu_of_children() - own)

    def until_requested(self, name: str) -> Spent:
        """Return the clock time from the start of a new experiment's run until its first request."""
        with watched_endpoint(50.0) as (url, requested):
            (self._folder / "catalog" / "models.toml").write_text(MODELS.replace("{url}", url))
            options = ["--models", "bench", "--prompts", "coach", "--n-scenarios", "12", "--n-tips", "1"]
            with subprocess.Popen(
                [*CLI, "run", name, *options], cwd=self._folder, env=self._environ, stdout=subprocess.DEVNULL
            ) as process:
                started = time.perf_counter()
                requested()
                seconds = time.perf_counter() - started
            if process.returncode:
                raise RuntimeError(f"run {name} ended with {process.returncode}")
        (self._folder / "catalog" / "models.toml").unlink()
        wait_for_orphans()
        return Spent(0.0, seconds, 0.0)

    def answers(self, score: int) -> str:
        """Return a file in which every item of the judge's folder has this score on every criterion."""
        rubric = json.loads((self._export.parent / "rubric.json").read_text())
        scores = {each["name"]: 1 if each.get("scale") == "yes_no" else score for each in rubric["criteria"]}
        items = [json.loads(line)["item"] for line in self._export.read_text().splitlines()]
        rubric_ref = f"{rubric['name']}@{rubric['version']}"
        file = self._folder / f"scores-{score}.jsonl"
        lines = [json.dumps({"item": item, "rubric": rubric_ref, "scores": scores}) + "\n" for item in items]
        file.write_text("".join(lines))
        return str(file)

    def outputs(self) -> str:
        """Return a file of ten outputs that were made elsewhere."""
        rows = [
            {
                "model": "m",
                "prompt": f"p{n % 2}",
                "scenario_id": f"s{n // 2}",
                "scenario": "x",
                "tip_index": 0,
                "text": "Rest.",
            }
            for n in range(10)
        ]
        file = self._folder / "outputs.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(file)


def commands(project: Project) -> dict[str, Callable[[], Spent]]:
    """Return what is timed, by name; each changes the home as it does for a user."""
    refused = project.answers(99)
    taken = (project.answers(1 + n % 5) for n in range(1_000))
    outputs, adopted = project.outputs(), (f"tip-bench-adopted-{n}" for n in range(1_000))
    requested = (f"tip-bench-requested-{n}" for n in range(1_000))

    def timed(*words: str, code: int = 0) -> Spent:
        return project.spent([*CLI, *words], code)

    return {
        DAGSTER: lambda: project.spent([sys.executable, "-c", DAGSTER]),
        "--help": lambda: timed("--help"),
        "import, refused": lambda: timed("import", NAME, refused, code=2),
        "import, taken": lambda: timed("import", NAME, next(taken)),
        "leaderboard": lambda: timed("leaderboard", NAME),
        "check": lambda: timed("check", NAME),
        "export": lambda: timed("export", NAME),
        "adopt, 10 rows": lambda: timed("adopt", next(adopted), outputs),
        "run, nothing to do": lambda: timed("run", NAME),
        FIRST: lambda: project.until_requested(next(requested)),
    }


def main() -> None:
    """Time everything in turn, round by round, and print medians over that of Dagster's import in the same round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as temporary:
        timed = commands(Project(Path(temporary), given.scenarios))
        spent: dict[str, list[Spent]] = {name: [] for name in timed}
        for _ in range(given.rounds):
            for name, command in timed.items():
                spent[name].append(command())
    print(f"4 cells × {given.scenarios} scenarios × 3 tips, {given.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    for name, found in spent.items():
        pairs = list(zip(found, spent[DAGSTER], strict=True))
        by_clock = statistics.median(own.wall / base.wall for own, base in pairs)
        if name == FIRST:
            print(f"{name:20} {by_clock:5.2f} × by the clock ({statistics.median(own.wall for own in found):.2f} s)")
            continue
        by_cpu = statistics.median(own.cpu / base.cpu for own, base in pairs)
        cpu, background = (statistics.median(getattr(own, part) for own in found) for part in ("cpu", "background"))
        ratios = f"{by_cpu:5.2f} × in CPU time ({cpu:.2f} s), {by_clock:5.2f} × by the clock"
        print(f"{name:20} {ratios}; {background:.2f} s in the background")


if __name__ == "__main__":
    main()
