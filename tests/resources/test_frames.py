"""Every listing as a table for notebooks."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.benchmark.experiments import RunRecord
from core.benchmark.spec import Options
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.collect.launch import draft
from resources.collect.planning import plan_frame, plan_of
from resources.judging.scores import Scores
from resources.lake.experiments import experiments_frame, tips_frame
from resources.lake.leaderboards import read_published
from resources.lake.runs import runs_frame, write_run
from resources.scoring.checking import checks_frame, run_checks
from resources.scoring.publishing import leaderboard_frame, publish_leaderboard
from tests.deadline import DEADLINE_S
from wiring.bench_context import build_bench_context
from wiring.cli.progress import log_progress
from wiring.settings import read_settings

NAME = "tip-bench-frames"
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")


@pytest.fixture
def bench(tmp_path: Path) -> BenchContext:
    """A home with one adopted, scored and published experiment of two cells over six scenarios."""
    found = build_bench_context(read_settings({"TIPBENCH_HOME": str(tmp_path)}, tmp_path, None), log_progress)
    rows = [
        {
            "model": model,
            "prompt": "p",
            "scenario_id": f"s{number}",
            "scenario": {"text": "I sleep badly", "area": "sleep" if number % 2 else "work"},
            "tip_index": 0,
            "text": f"Walk {number} minutes.",
            "scores": {"anna": dict.fromkeys(CRITERIA, 2 + (number + len(model)) % 3)},
        }
        for model in ("a", "bb")
        for number in range(6)
    ]
    file = tmp_path / "tips.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    publish_leaderboard(found, adopt(found, NAME, [file], AdoptOptions(), None).spec)
    return found


def test_every_listing_is_a_frame(bench: BenchContext) -> None:
    """Experiments, runs, tips, scores, checks and a plan have a row for each thing that the command lists."""
    write_run(bench.home, NAME, RunRecord("r", "done", "2026-01-01", "2026-01-02", 12, 12, 0, 0.5))
    assert experiments_frame(bench.home)["name"].tolist() == [NAME]
    assert runs_frame(bench.home, NAME)[["run_id", "cost"]].to_numpy().tolist() == [["r", 0.5]]
    assert len(tips_frame(bench.home, NAME)) == 12
    assert checks_frame(bench, NAME)["name"].tolist() == [result.name for result in run_checks(bench, NAME)]
    plan = plan_of(bench.home, draft(bench, "tip-bench-other", Options(models=("template",), prompts=("terse",))))
    assert plan_frame(plan)[["model", "to_ask"]].to_numpy().tolist() == [["template", 12]]
    published = read_published(bench.home, NAME)
    assert published is not None
    assert len(leaderboard_frame(published.rows)) == 2
    assert set(leaderboard_frame(published.slices())["slice_value"].dropna()) == {"sleep", "work"}


def test_frames_without_rows_keep_their_columns(tmp_path: Path) -> None:
    """A listing of nothing is an empty table that names its columns."""
    empty = build_bench_context(read_settings({"TIPBENCH_HOME": str(tmp_path)}, tmp_path, None), log_progress)
    assert "name" in experiments_frame(empty.home).columns
    assert "run_id" in runs_frame(empty.home, NAME).columns


def test_scores_and_leaderboard_carry_criteria(bench: BenchContext) -> None:
    """A criterion is a column of its own, with its interval on the leaderboard."""
    published = read_published(bench.home, NAME)
    assert published is not None
    board = leaderboard_frame(published.rows)
    assert {f"criteria.{name}.{part}" for name in CRITERIA for part in ("score", "low", "high")} <= set(board.columns)
    rubric = bench.catalog().rubric("tips")
    scores = Scores(bench.home, NAME, rubric).frame()
    assert {f"score.{name}" for name in CRITERIA} <= set(scores.columns)
    assert scores["judge"].unique().tolist() == ["anna"]


def test_the_example_of_the_readme_runs(bench: BenchContext, tmp_path: Path) -> None:
    """Line by line as it stands, in a fresh process, on a home with a published experiment of its name."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert example.count("tip-bench-demo") == 1
    command = [sys.executable, "-c", example.replace("tip-bench-demo", NAME)]
    env = {**os.environ, "TIPBENCH_HOME": str(bench.home.root)}
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=DEADLINE_S, check=False
    )
    assert done.returncode == 0, done.stderr
