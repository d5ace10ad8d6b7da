"""Runs of an experiment that the judge of these tests scores."""

from typing import Any

from core.benchmark.records import definitions_of
from core.benchmark.spec import Options
from core.judging.model_judges.trial import JudgeTrial
from core.scoring.leaderboard_row import LeaderboardRow
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.judging.model_judges.trial_records import note_trial
from resources.lake.leaderboards import read_published
from resources.lake.specs import read_records
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, ChainResult, run_chain

NAME = "tip-bench-luna"
SMALL = Options(models=("template",), prompts=("terse", "coach"), n_scenarios=4, n_tips=1, rubric="tips@2")


def run(
    bench: BenchContext,
    judges: tuple[str, ...] = (),
    options: Options | None = None,
    *,
    name: str = NAME,
    tried: bool = True,
    **how: bool,
) -> ChainResult:
    """Launch, or go on, and run the whole chain; `tried` judges have passed their trial elsewhere."""
    spec = launch(bench, name, options or Options(), judges, by_default=True)
    for judge, definition in definitions_of(read_records(bench.home, name)).items() if tried else ():
        for model in (None, "luna-1", "luna-2"):
            note_trial(bench.home, spec, definition, trial_of(judge, model))
    return run_chain(StepContext(bench, "run-1", **how), spec, BENCHMARK)


def trial_of(judge: str, model: str | None = None, **fields: Any) -> JudgeTrial:
    """A trial of another experiment that stops nothing."""
    where = {"experiment": "tip-bench-elsewhere", "at": "2026-01-01T00:00:00Z", "author": "t"}
    return JudgeTrial(judge=judge, model=model, **{**where, "items": 0, "repeated": 0, "planted": (), **fields})


def rows_of(bench: BenchContext, name: str = NAME) -> list[LeaderboardRow]:
    """Return the rows of the published leaderboard, none without one."""
    published = read_published(bench.home, name)
    return published.rows if published else []
