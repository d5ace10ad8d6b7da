"""The demo: real generations of the embedded model, judged by the program, and done only once."""

import json
from typing import Any

import pytest

from tests.whole_answers import whole_answer

pytestmark = pytest.mark.slow
NAME = "tip-bench-demo"
ONE_THREAD = """
[[models]]
name = "gemma3-270m"
provider = "embedded"
api = "completion"
local = true
parameters_b = 0.27
price_in = 0
price_out = 0
threads = 1
"""
"""The packaged model: on a busy machine two threads of llama.cpp wait for each other most of the time."""


def test_the_demo_ends_with_a_leaderboard_of_real_generations(project: Any) -> None:
    """Gemma and the baseline over three prompts and eight scenarios; then everything is done and says so."""
    project.own_processes = True
    models = project.folder / "catalog" / "models.toml"
    models.write_text(models.read_text() + ONE_THREAD)
    first = project("demo")
    assert "pinned 6 cells × 8 scenarios × 1 tip" in first.out
    assert "The judge of this leaderboard is automatic" in first.out
    folder = project.export(NAME, "claude")
    assert str(folder) in first.out
    assert f"tipbench import {NAME}" in first.out
    rows = project("leaderboard", NAME, "--format", "json").json()
    assert {row["model"] for row in rows} == {"gemma3-270m", "template"}
    assert len({row["prompt"] for row in rows}) == 3
    assert all(row["judge_kind"] == "program" and row["n_scenarios"] == 8 for row in rows)
    tips = project("tips", NAME, "--format", "json", "--model", "gemma3-270m").json()
    assert len({tip["text"] for tip in tips}) >= 20
    assert all(tip["tokens_out"] > 0 and tip["latency_ms"] > 0 for tip in tips if tip["outcome"] == "text")
    again = project("demo")
    assert "everything is done already" in again.out
    assert project("leaderboard", NAME, "--format", "json").json() == rows
    assert len(project("runs", NAME, "--format", "json").json()) == 1

    rubric = json.loads((folder / "rubric.json").read_text())
    answers = [
        json.dumps(
            {
                "item": json.loads(line)["item"],
                "rubric": f"{rubric['name']}@{rubric['version']}",
                "scores": whole_answer(rubric, 2 + len(line) % 3),
            }
        )
        for line in (folder / "items.jsonl").read_text("utf-8").splitlines()
    ]
    (folder / "scores.jsonl").write_text("\n".join(answers) + "\n")
    project("import", NAME, str(folder / "scores.jsonl"))
    judged = project("leaderboard", NAME, "--format", "json").json()
    assert {row["judge_kind"] for row in judged} == {"agent"}
    assert "is automatic" not in project("demo").out


def test_try_shows_one_prompt_and_its_answer(project: Any) -> None:
    """The rendered text, the raw answer, the tip and what it took; nothing is kept."""
    said = project("try", "template", "terse", "work-meeting-wall").out
    assert "scenario work-meeting-wall" in said
    assert "[user]" in said
    assert "tip" in said
    assert "did you mean" in project("try", "template", "ters", code=2).err
    assert project("experiments", "--format", "json").json() == []


def test_a_project_of_ones_own_from_init_to_run(project: Any) -> None:
    """`init` makes files that load; a second time it keeps them."""
    folder = project.folder / "mine"
    assert "made" in project("init", str(folder)).out
    assert "kept" in project("init", str(folder)).out
    plan = project(
        "--project", str(folder), "plan", "tip-bench-first", "--models", "template", "--format", "json"
    ).json()
    assert "my-prompt" in {row["prompt"] for row in plan}
    assert project("--project", str(folder), "doctor", "--format", "json").json()[0]["what"] == "python"
