"""A house over a small published experiment, made by the program's own launch, collecting and publishing."""

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.tracking import MirrorRun, TrackingLinks
from core.spec import Options
from resources.catalog import KINDS, Layer
from resources.collecting import collect_experiment
from resources.home import Home
from resources.house import Advance, House
from resources.launch import launch
from resources.publishing import publish_leaderboard
from resources.rounds import take_scores

CATALOG = Path(__file__).parents[3] / "catalog"
NAME = "tip-bench-small"


class NoTracker:
    """Mirrors nowhere: these tests read the lake."""

    def warm(self) -> None:
        """Nothing to get ready."""

    def close(self) -> None:
        """Nothing is open."""

    def mirror(self, run: MirrorRun) -> TrackingLinks:
        """Says so."""
        return TrackingLinks(uri="none", experiment_id=run.experiment, run_id="none")


@contextlib.contextmanager
def silent(_: str, __: int) -> Iterator[Advance]:
    """No progress."""
    yield lambda _done, _note: None


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house whose clock moves a second at every look."""
    seconds = itertools.count()
    home = Home(tmp_path / "home")
    kinds = frozenset(KINDS)
    return House(
        home=home,
        layers=(Layer("packaged", CATALOG, kinds), Layer("home", home.catalog, kinds)),
        defaults=Options(models=("template",), n_tips=2, n_scenarios=9, temperature=0.7, seed=1, rubric="tips"),
        author="tester",
        now=lambda: f"2026-01-01T00:{(second := next(seconds)) // 60:02d}:{second % 60:02d}+00:00",
        tracker=NoTracker(),
        show_progress=silent,
    )


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
