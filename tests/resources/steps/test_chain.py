"""The chain of steps with its checks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.spec import Options
from core.estimate import ESTIMATOR_VERSION
from core.judging.programs import PROGRAMS, ProgramJudge
from core.judging.rubric import Rubric
from core.scoring.checks import CheckResult
from resources.announcements.failed_checks import check_records
from resources.catalog import Layer
from resources.collect.launch import launch
from resources.judging.scores import Scores
from resources.lake.leaderboards import read_published
from resources.scoring.checking import recomputed
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, PUBLISH, run_chain, with_checks
from resources.steps.result import Checked, Markdown, StepResult

NAME = "tip-bench-chain"


def test_the_whole_chain_collects_exports_scores_and_publishes(bench: Any) -> None:
    """Every check of the graph is evaluated beside the asset it is about."""
    spec = launch(bench, NAME, Options(prompts=("terse",)), ["anna", "heuristics"], by_default=True)
    found = run_chain(StepContext(bench, "r"), spec, BENCHMARK)
    assert found.passed
    assert [step.asset for step in found.steps] == list(BENCHMARK)
    assert [check.result.name for check in found.checks if check.blocking] == ["complete", "judged", "recomputed"]
    assert found.steps[0].metadata["done"] == 18
    assert "maybe_paid_twice" not in found.steps[0].metadata
    assert found.collected is not None
    assert found.collected.left is None
    assert found.collected.counts["done"] == 18
    assert [each.key.rpartition("/")[2] for step in found.steps for each in step.wrote] == [
        "candidates", "001", "scores", "leaderboards"
    ]  # fmt: skip
    assert read_published(bench.home, NAME) is not None


def test_a_second_program_judges_by_one_entry(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registered function is a judge by its name: it scores every tip, as one of kind program."""

    def length(tip: str, scenario: Mapping[str, Any], rubric: Rubric) -> dict[str, float]:  # noqa: ARG001  # its shape
        return {name: 1.0 + min(4, len(tip) // 20) for name in rubric.averaged_names} | dict.fromkeys(rubric.gates, 1.0)

    monkeypatch.setitem(PROGRAMS, "length", ProgramJudge(length, "it counts letters"))
    spec = launch(bench, NAME, Options(prompts=("terse",)), ["heuristics", "length"], by_default=True)
    assert run_chain(StepContext(bench, "r"), spec, BENCHMARK).passed
    scores = Scores(bench.home, NAME, spec.rubric).current().to_pylist()
    assert Counter((row["judge"], row["kind"]) for row in scores) == {
        (j, "program"): 18 for j in ("heuristics", "length")
    }


def test_a_leaderboard_of_another_estimator_is_not_recomputed(bench: Any) -> None:
    """The check warns, and publishing again makes a snapshot of its own beside the old one."""
    spec = launch(bench, NAME, Options(prompts=("terse",)), ["heuristics"], by_default=True)
    run_chain(StepContext(bench, "r"), spec, BENCHMARK)
    manifest = bench.home.experiment(NAME) / "leaderboards" / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"estimator": {ESTIMATOR_VERSION}', '"estimator": 1'))
    found = recomputed(bench, spec)
    assert (found.passed, found.severity) == (False, "warning")
    assert "publish again" in found.message


def test_a_failed_blocking_check_ends_it(bench: Any, tmp_path: Path) -> None:
    """Nothing comes after candidates that are not complete."""
    (tmp_path / "models.toml").write_text('[[models]]\nname = "t"\nprovider = "tape"\ntape = "none.jsonl"\n')
    open_bench = replace(bench, layers=(*bench.layers, Layer("project", tmp_path, frozenset({"models"}))))
    spec = launch(open_bench, NAME, Options(models=("t",), prompts=("terse",)), ["heuristics"], by_default=True)
    found = run_chain(StepContext(open_bench, "r"), spec, BENCHMARK)
    assert not found.passed
    assert [step.asset for step in found.steps] == ["candidates"]
    assert [(each.check, each.passed) for _, each in check_records(bench.home, NAME)] == [("complete", False)]
    assert read_published(bench.home, NAME) is None


def test_what_has_no_candidates_is_published_with_nothing_covered(bench: Any) -> None:
    """A chain that begins behind collecting goes through; the coverage check alone fails."""
    options = Options(models=("template",), prompts=("terse",), max_cost=0.0)
    spec = launch(bench, NAME, options, ["heuristics"], by_default=True)
    (bench.home.experiment(NAME) / "journal.jsonl").touch()
    found = run_chain(StepContext(bench, "r"), spec, PUBLISH)  # what is published has no candidates
    assert [step.asset for step in found.steps] == ["judge_scores", "leaderboards"]
    assert [check.result.name for check in found.checks if not check.result.passed] == ["coverage"]


def test_a_steps_checks_are_told_beside_it() -> None:
    """A step without checks is as it was."""
    checks = (
        Checked("candidates", True, CheckResult("complete", True, "error", "all are final")),
        Checked("candidates", False, CheckResult("blank_tips", False, "warning", "one is blank")),
    )
    found = with_checks(StepResult("candidates", {"done": 1}, checks=checks))
    assert found.metadata["checks"] == Markdown(
        "- passed: complete, `all are final`\n- warning: blank_tips, `one is blank`"
    )
    assert found.checks == ()
    assert with_checks(StepResult("judge_exports", {})).metadata == {}
