"""A small published experiment, made by the program's own launch, collecting and publishing."""

import pytest

from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.judging.steps import take_scores
from resources.scoring.publishing import publish_leaderboard

NAME = "tip-bench-small"


@pytest.fixture
def published(bench: BenchContext) -> BenchContext:
    """The same house with one collected, scored and published experiment."""
    make(bench, NAME)
    return bench


def make(bench: BenchContext, name: str) -> None:
    """Run the whole chain of an experiment without Dagster."""
    options = Options(prompts=("terse", "coach"))
    spec = launch(bench, name, options, ["heuristics", "anna"], by_default=True)
    collect_experiment(bench, spec, run_id="run-1", accept=False)
    take_scores(bench, spec)
    publish_leaderboard(bench, spec)
