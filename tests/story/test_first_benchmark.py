"""From a project folder to a leaderboard that a judge has filled in, as a new user goes."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from resources.judging.export_files import shown
from tests.whole_answers import whole_answer

pytestmark = pytest.mark.slow
NAME = "tip-bench-first"
SIZE = ["--n-scenarios", "9", "--n-tips", "2", "--seed", "4"]
OPTIONS = ["--models", "plain,template", "--prompts", "terse,coach", *SIZE]


def _answers(folder: Path, score: Any) -> list[dict[str, Any]]:
    rubric = json.loads((folder / "rubric.json").read_text())
    items = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    ref = f"{rubric['name']}@{rubric['version']}"
    return [{"item": i["item"], "rubric": ref, "scores": whole_answer(rubric, score(i))} for i in items]


def _write(path: Path, answers: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    return str(path)


def _pairs(project: Any, name: str) -> Counter[tuple[str, str]]:
    """How many tips of an experiment have each scenario and text, as judges see it."""
    tips = project("tips", name, "--format", "json").json()
    return Counter((tip["scenario_id"], shown(tip["text"])) for tip in tips)


def _tips_behind(project: Any, folder: Path, answers: list[dict[str, Any]]) -> int:
    """How many tips these answers to a folder count for."""
    pairs, answered = _pairs(project, NAME), {answer["item"] for answer in answers}
    items = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    return sum(pairs[item["scenario"]["id"], item["tip"]] for item in items if item["item"] in answered)


def _liking(item: dict[str, Any]) -> float:
    return 5 if "three lines" in item["tip"] and "2" in item["tip"] else 4 if "three lines" in item["tip"] else 2


def test_a_benchmark_from_plan_to_leaderboard(project: Any, tmp_path: Path) -> None:
    """Plan, run, export, half the scores, the other half, a correction, a repeat: each step says what it did."""
    plan = project("plan", NAME, *OPTIONS, "--format", "json").json()
    assert sum(row["generations"] for row in plan) == 72
    assert not (project.home / "lake").exists()

    first = project("run", NAME, *OPTIONS)
    assert "72 of 72 generations are final" in first.out
    assert "paid twice" not in first.out
    rows = project("leaderboard", NAME, "--format", "json").json()
    assert [row["score"] for row in rows] == [None] * 4
    assert all(row["provisional"] and row["n_pending"] == 18 and row["coverage"] == 0 for row in rows)
    for row in rows:
        assert row["cost_per_1k"] == pytest.approx((50 + 2 * 12) / 1e3 if row["model"] == "plain" else 0)

    folder = project.export(NAME, "agent")
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "INSTRUCTIONS.md", "items.jsonl", "items.csv", "rubric.json", "scores.schema.json", "manifest.json",
    }  # fmt: skip
    answers = _answers(folder, _liking)
    assert len(answers) == len(_pairs(project, NAME)) == 71  # two tips are alike
    assert _tips_behind(project, folder, answers) == 72
    half = _write(tmp_path / "half.jsonl", answers[:36])
    project("import", NAME, half)
    rows = project("leaderboard", NAME, "--format", "json").json()
    assert sum(row["n_scored"] for row in rows) == _tips_behind(project, folder, answers[:36])
    offered = project("export", NAME).out
    assert "agent: 35 pending" in offered
    assert f"  tipbench import {NAME} {project.export(NAME, 'agent', 2) / 'scores.jsonl'}\n" in offered
    rest = _answers(project.export(NAME, "agent", 2), _liking)
    assert {a["item"] for a in rest} == {a["item"] for a in answers[36:]}
    project("import", NAME, _write(tmp_path / "rest.jsonl", rest))
    rows = project("leaderboard", NAME, "--format", "json").json()
    assert [row["model"] for row in rows] == ["plain", "plain", "template", "template"]
    assert all(row["coverage"] == 1 and not row["provisional"] and row["judge_kind"] == "agent" for row in rows)
    assert rows[0]["rank_high"] <= 2

    assert "imported before" in project("import", NAME, half).out
    correction = [{**answers[0], "scores": dict.fromkeys(answers[0]["scores"], 1)}]
    project("import", NAME, _write(tmp_path / "correction.jsonl", correction))
    again = project("leaderboard", NAME, "--format", "json").json()
    assert again != rows
    assert sum(row["n_scored"] for row in again) == 72
    assert "agent: 0 pending" in project("export", NAME).out

    project("check", NAME, "--strict")
    report = Path(project("report", NAME).out.strip())
    assert NAME in report.read_text("utf-8")
    assert project("experiments", "--format", "json").json()[0]["state"] == "judged"
    assert [run["status"] for run in project("runs", NAME, "--format", "json").json()] == ["done"]
    assert len(project("tips", NAME, "--format", "json").json()) == 72
    assert project("run", NAME).out.count("72 of 72") == 1


def test_a_file_with_one_bad_line_is_refused_whole(project: Any, tmp_path: Path) -> None:
    """What is wrong is listed with its line, the file is kept beside its report, nothing changes."""
    project("run", NAME, *OPTIONS)
    answers = _answers(project.export(NAME, "agent"), lambda _: 3)
    answers[4]["scores"]["specific"] = 9
    answers[7]["item"] = "unknown"
    refused = project("import", NAME, _write(tmp_path / "bad.jsonl", answers), code=2)
    assert "line 5" in refused.err
    assert "line 8" in refused.err
    rejected = sorted(path.name for path in (project.home / "inbox" / NAME / "rejected").iterdir())
    assert len(rejected) == 2
    assert rejected[1].endswith(".report.txt")
    assert sum(row["n_scored"] for row in project("leaderboard", NAME, "--format", "json").json()) == 0


def test_an_unscorable_tip_is_no_zero(project: Any, tmp_path: Path) -> None:
    """`unscorable` with a reason counts apart and leaves the score alone."""
    project("run", NAME, *OPTIONS)
    folder = project.export(NAME, "agent")
    answers = _answers(folder, lambda _: 3)
    for answer in answers[:6]:
        del answer["scores"]
        answer["unscorable"] = "cut off"
    project("import", NAME, _write(tmp_path / "a.jsonl", answers))
    rows = project("leaderboard", NAME, "--format", "json").json()
    assert sum(row["n_unscorable"] for row in rows) == _tips_behind(project, folder, answers[:6])
    assert {row["score"] for row in rows} == {3.0}
    for row in rows:  # one of nine scenarios without any score is more than a tenth
        assert row["low"] is None
        assert row["marks"] == ["all_equal", *(["other_scenarios"] if row["n_scenarios_missing"] else [])]


def test_extending_pays_for_the_new_part_only(project: Any, server: Any, tmp_path: Path) -> None:
    """One more prompt takes over equal generations and their scores; some old items are judged again, for drift."""
    project("run", NAME, *OPTIONS)
    project("import", NAME, _write(tmp_path / "a.jsonl", _answers(project.export(NAME, "agent"), _liking)))
    requested = sum(server.requested.values())
    more = [option.replace("terse,coach", "terse,coach,few-shot") for option in OPTIONS]
    planned = project("plan", "tip-bench-grown", *more, "--extends", NAME).out
    grown = project("run", "tip-bench-grown", *more, "--extends", NAME)
    assert "72 taken over" in grown.out
    assert sum(server.requested.values()) - requested == 18
    assert "agent judges at most 36 new tips, and 7 of tip-bench-first again" in planned
    rows = project("leaderboard", "tip-bench-grown", "--format", "json").json()
    old, pairs = _pairs(project, NAME), _pairs(project, "tip-bench-grown")
    assert sum(row["n_scored"] for row in rows) == sum(count for pair, count in pairs.items() if pair in old)
    new = len(pairs.keys() - old.keys())
    assert f"agent: {new} pending and {round(new / 5)} to judge again" in project("export", "tip-bench-grown").out
    answers = _answers(project.export("tip-bench-grown", "agent"), lambda _: 3)
    assert len(answers) == new + round(new / 5)
    shown = project("import", "tip-bench-grown", _write(tmp_path / "b.jsonl", answers)).out
    assert f"took {len(answers)} answers" in shown
    assert f"Drift of agent, second minus first score of {round(new / 5)} old items judged again" in shown
    rows = project("leaderboard", "tip-bench-grown", "--format", "json").json()
    assert [row["n_scored"] for row in rows] == [18] * 6
    assert "agent: 0 pending, " in project("export", "tip-bench-grown").out


def test_what_is_extended_may_go_on_without_changing_a_tip(project: Any, server: Any, tmp_path: Path) -> None:
    """An experiment keeps its own answers when the one that it extends gets others later; judges keep their kind."""
    server.broken = True
    project("run", NAME, *OPTIONS, code=3)
    server.broken = False
    grown = "tip-bench-grown"
    project("run", grown, *OPTIONS, "--extends", NAME)
    before = {tip["candidate_id"]: tip["text"] for tip in project("tips", grown, "--format", "json").json()}
    project("run", NAME, "--accept-failures")
    project("import", NAME, _write(tmp_path / "a.jsonl", _answers(project.export(NAME, "agent"), _liking)))
    project("run", grown)
    tips = project("tips", grown, "--format", "json").json()
    assert {tip["candidate_id"]: tip["text"] for tip in tips} == before
    assert {tip["origin"] for tip in tips if tip["model"] == "plain"} == {"run"}
    other = project("run", "tip-bench-other", *OPTIONS, "--extends", NAME, "--judge", "agent=human", code=2)
    assert "agent" in other.err


def test_a_new_judge_is_pending_at_once(project: Any) -> None:
    """Exporting to a judge for the first time publishes what is pending now, so the checks agree."""
    project("run", NAME, *OPTIONS)
    project("export", NAME, "--judge", "bea=agent", "--judge", "cid=agent")
    rows = project("leaderboard", NAME, "--format", "json").json()
    assert {row["n_pending"] for row in rows} == {54}
    project("check", NAME)


def test_a_refused_file_is_kept_with_judge_or_without(project: Any, tmp_path: Path) -> None:
    """A file of another judge's items lies beside its report, as every refused file does."""
    project("run", NAME, *OPTIONS)
    answers = _answers(project.export(NAME, "agent"), _liking)
    refused = project("import", NAME, _write(tmp_path / "a.jsonl", answers), "--judge", "bea", code=2)
    assert "is an item of another judge than bea" in refused.err
    rejected = project.home / "inbox" / NAME / "rejected"
    assert {path.suffix for path in rejected.iterdir()} == {".jsonl", ".txt"}
    assert not list((project.home / "inbox" / NAME).glob("*.jsonl"))
