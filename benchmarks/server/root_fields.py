"""What root fields of the GraphQL API take, against what they are charged, on an experiment of a usual size.

usage: python -m benchmarks.server.root_fields [SCENARIOS]

24 cells × SCENARIOS (60) × two judges, adopted into a fresh home. One unit is 10 µs of CPU time;
`tests/golden/root_costs.json` holds what is charged.
"""

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from click.testing import CliRunner

from contracts.benchmark.launches import LaunchRequest
from contracts.paging import PageRequest
from core.benchmark.spec import Options
from resources.admin.experiments import LakeExperiments
from resources.catalog.admin import LayeredCatalogAdmin
from resources.dagster.host import DagsterHost
from wiring.bench_context import build_bench_context
from wiring.cli import tipbench
from wiring.cli.progress import log_progress
from wiring.database import open_database
from wiring.launches import build_launches
from wiring.settings import read_settings

NAME, CRITERIA = "tip-bench-usual", ("specific", "actionable", "fitting", "respectful", "clear")
UNIT_S, ROUNDS = 10e-6, 3


def write_outputs(path: Path, scenarios: int) -> None:
    """Write outputs of 24 cells with the scores of two judges."""
    rng = random.Random(1)  # noqa: S311 - scores to measure with
    with path.open("w", encoding="utf-8") as file:
        for cell in range(24):
            for scenario in range(scenarios):
                scores = {judge: {name: rng.randint(1, 5) for name in CRITERIA} for judge in ("anna", "ben")}
                row = {"model": f"m{cell // 4}", "prompt": f"p{cell % 4}", "tip_index": 0, "scores": scores}
                row |= {"scenario_id": f"s{scenario}", "scenario": "Rain at noon.", "text": f"Walk {cell} {scenario}."}
                file.write(json.dumps(row) + "\n")


def calls(folder: Path) -> dict[str, tuple[str, Callable[[], object]]]:
    """Return what answers each root field, by a title, with the field's name and arguments in the table."""
    settings = read_settings({**os.environ, "TIPBENCH_HOME": str(folder / "home")}, folder, None)
    bench = build_bench_context(settings, log_progress)
    reads, catalog = LakeExperiments(bench), LayeredCatalogAdmin(bench)
    database = open_database(settings.home, None)
    launches = build_launches(bench, DagsterHost(settings.home, folder / "none"), database)
    small = LaunchRequest(experiment="tip-bench-new", options=Options(n_scenarios=3))
    page = PageRequest(first=50, sort="name")
    return {
        "experiments": ("experiments", lambda: reads.page(page)),
        "candidates, 50": ("candidates", lambda: reads.candidates(NAME, PageRequest(first=50))),
        "leaderboard": ("leaderboard", lambda: reads.leaderboard(NAME, None, None, None)),
        "leaderboard(slice)": ("leaderboard", lambda: reads.leaderboard(NAME, None, "area", None)),
        "leaderboard(judges)": ("leaderboard judges", lambda: reads.leaderboard(NAME, "anna", None, None)),
        "leaderboard(judges, slice)": (
            "leaderboard judges slice",
            lambda: reads.leaderboard(NAME, "anna", "area", None),
        ),
        "assetChecks": ("assetChecks", lambda: reads.checks(NAME)),
        "plan": ("plan", lambda: launches.plan(small)),
        "catalog models": ("catalog", catalog.models),
        "catalog scenarios": ("catalog", catalog.scenarios),
    }


def charged(table: dict[str, dict[str, int]], field: str) -> int:
    """Return what the table charges for a field with arguments."""
    name, *arguments = field.split()
    return table[name][""] + sum(table[name].get(argument, 0) for argument in arguments)


def main() -> None:
    """Print a row for every call: the first and the least CPU time, what it is charged, and the ratio."""
    scenarios = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    table = json.loads((Path(__file__).parents[2] / "tests" / "golden" / "root_costs.json").read_text())["query"]
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name,
        mock.patch.dict(os.environ, {"TIPBENCH_HOME": f"{name}/home"}),
    ):
        folder = Path(name)
        write_outputs(folder / "outputs.jsonl", scenarios)
        made = CliRunner().invoke(tipbench, ["adopt", NAME, str(folder / "outputs.jsonl")], standalone_mode=False)
        if made.exception is not None:
            raise made.exception
        print(f"{'field':28}{'first, ms':>11}{'least, ms':>11}{'units':>9}{'charged : taken':>17}")
        for title, (field, call) in calls(folder).items():
            times = []
            for _ in range(ROUNDS):
                began = time.process_time()
                call()
                times.append(time.process_time() - began)
            units, least = charged(table, field), min(times)
            ratio = units * UNIT_S / max(least, UNIT_S)
            print(f"{title:28}{times[0] * 1e3:11.1f}{least * 1e3:11.1f}{units:9,}{ratio:17.1f}")


if __name__ == "__main__":
    main()
