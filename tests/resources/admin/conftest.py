"""A small published experiment, made by the program's own launch, collecting and publishing."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.home import Home
from resources.judging.import_export import take_scores
from resources.scoring.publishing import publish_leaderboard

NAME = "tip-bench-small"


@pytest.fixture
def published(bench: BenchContext) -> BenchContext:
    """The same context with one collected, scored and published experiment."""
    make(bench, NAME)
    return bench


_MADE: dict[str, tuple["tempfile.TemporaryDirectory[str]", int]] = {}
"""By experiment: a folder with a home that holds it, and how often making it looked at the clock."""


def make(bench: BenchContext, name: str) -> None:
    """Run the whole chain of an experiment without Dagster; in a home that does not exist yet, copy what it made."""
    if bench.home.root.exists():
        _run_chain(bench, name)
    elif name in _MADE:
        for _ in range(_MADE[name][1]):  # the clock goes on as if the chain had run here
            bench.now()
        shutil.copytree(Path(_MADE[name][0].name) / "home", bench.home.root)
    else:
        looks: list[str] = []

        def looked() -> str:
            looks.append(bench.now())
            return looks[-1]

        folder = tempfile.TemporaryDirectory(prefix="tipbench-made-")
        separate = Home(Path(folder.name) / "home")
        _run_chain(replace(bench, home=separate, now=looked), name)
        _MADE[name] = folder, len(looks)
        shutil.copytree(separate.root, bench.home.root)


def _run_chain(bench: BenchContext, name: str) -> None:
    options = Options(prompts=("terse", "coach"))
    spec = launch(bench, name, options, ["heuristics", "anna"], by_default=True)
    collect_experiment(bench, spec, run_id="run-1", accept=False)
    take_scores(bench, spec)
    publish_leaderboard(bench, spec)
