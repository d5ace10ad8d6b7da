"""A small published experiment, made by the program's own launch, collecting and publishing."""

import pytest

from core.spec import Options
from resources.collecting import collect_experiment
from resources.house import House
from resources.launch import launch
from resources.publishing import publish_leaderboard
from resources.rounds import take_scores

NAME = "tip-bench-small"


@pytest.fixture
def published(house: House) -> House:
    """The same house with one collected, scored and published experiment."""
    make(house, NAME)
    return house


def make(house: House, name: str) -> None:
    """Run the whole chain of an experiment without Dagster."""
    options = Options(prompts=("terse", "coach"))
    spec = launch(house, name, options, ["heuristics", "anna"], by_default=True)
    collect_experiment(house, spec, run_id="run-1", accept=False)
    take_scores(house, spec)
    publish_leaderboard(house, spec)
