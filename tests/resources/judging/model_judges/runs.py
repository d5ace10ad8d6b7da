"""Runs of an experiment that the judge of these tests scores."""

from core.benchmark.spec import Options
from core.scoring.leaderboard_row import LeaderboardRow
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.lake.leaderboards import read_published
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, ChainResult, run_chain

NAME = "tip-bench-luna"
SMALL = Options(models=("template",), prompts=("terse", "coach"), n_scenarios=4, n_tips=1)


def run(
    bench: BenchContext,
    judges: tuple[str, ...] = (),
    options: Options | None = None,
    *,
    name: str = NAME,
    **how: bool,
) -> ChainResult:
    """Launch, or go on, and run the whole chain."""
    spec = launch(bench, name, options or Options(), judges, by_default=True)
    return run_chain(StepContext(bench, "run-1", **how), spec, BENCHMARK)


def rows_of(bench: BenchContext, name: str = NAME) -> list[LeaderboardRow]:
    """Return the rows of the published leaderboard, none without one."""
    published = read_published(bench.home, name)
    return published.rows if published else []
