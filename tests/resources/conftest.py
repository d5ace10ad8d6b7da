"""A benchmark context that mirrors nowhere and whose clock moves a second at every look."""

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.benchmark.tracking import MirrorRun, TrackingLinks
from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.catalog import KINDS, Layer
from resources.collect.progress import Advance
from resources.home import Home

CATALOG = Path(__file__).parents[2] / "catalog"


class NoTracker:
    """Mirrors nowhere: these tests read the lake."""

    def warm(self) -> None:
        """Nothing to get ready."""

    def close(self) -> None:
        """Nothing is open."""

    def mirror(self, run: MirrorRun, wait_s: float | None = None) -> TrackingLinks:  # noqa: ARG002 - it is there at once
        """Says so."""
        return TrackingLinks(uri="none", experiment_id=run.experiment, run_id="none")


@contextlib.contextmanager
def silent(_: str, __: int) -> Iterator[Advance]:
    """No progress."""
    yield lambda _progress: None


@pytest.fixture
def bench(tmp_path: Path) -> BenchContext:
    """A benchmark context whose clock moves a second at every look."""
    return benched(Home(tmp_path / "home"))


def benched(home: Home) -> BenchContext:
    """Return the context of a home."""
    seconds = itertools.count()
    kinds = frozenset(KINDS)
    return BenchContext(
        home=home,
        layers=(Layer("packaged", CATALOG, kinds), Layer("home", home.catalog, kinds)),
        defaults=Options(models=("template",), n_tips=2, n_scenarios=9, temperature=0.7, seed=1, rubric="tips"),
        author="tester",
        now=lambda: f"2026-01-01T00:{(second := next(seconds)) // 60:02d}:{second % 60:02d}+00:00",
        tracker=NoTracker(),
        show_progress=silent,
    )
