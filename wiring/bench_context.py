"""Builds the benchmark context from settings: the one place that knows the concrete classes."""

from functools import cache

from kit.times import utc_now
from resources.bench_context import BenchContext
from resources.catalog.programs import register_programs
from resources.collect.progress import ShowProgress
from resources.lake.specs import login_name
from resources.tracking import SubprocessTracker
from wiring.page_answers import OptionalPageAnswers
from wiring.settings import Settings


def build_bench_context(settings: Settings, show_progress: ShowProgress) -> BenchContext:
    """Return the context; nothing is opened or imported that the caller may not need."""
    _register_once()
    return BenchContext(
        home=settings.home,
        layers=settings.layers,
        defaults=settings.defaults,
        author=settings.keys.get("TIPBENCH_AUTHOR") or login_name(),
        now=utc_now,
        tracker=SubprocessTracker(settings.home, settings.tracking_uri),
        show_progress=show_progress,
        keys=settings.keys,
        answers=OptionalPageAnswers(settings.home, settings.database_url),
        gates=settings.checks,
    )


@cache
def _register_once() -> None:
    """Add the program judges of installed distributions, which are the same as long as a process runs."""
    register_programs()
