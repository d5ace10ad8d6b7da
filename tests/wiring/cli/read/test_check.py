"""`tipbench check` with gates, `catalog` and `set-baseline`, in a project of their own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from resources.announcements.failed_checks import check_records
from resources.home import Home
from wiring.cli import tipbench

NAME = "tip-bench-gated"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command in the project, with one adopted experiment of two cells."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIPBENCH_HOME", str(tmp_path / "home"))
    names = ("specific", "actionable", "fitting", "respectful", "clear")
    rows = [
        {"model": model, "prompt": "p", "scenario_id": f"s{n}", "scenario": "x", "tip_index": 0, "text": f"Walk {n}.",
         "scores": {"anna": dict.fromkeys(names, 3 + (n + bonus) % 3)}}
        for bonus, model in enumerate(("one", "two")) for n in range(6)
    ]  # fmt: skip
    (tmp_path / "out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(tipbench, list(arguments), standalone_mode=False)

    assert run("adopt", NAME, "out.jsonl").exception is None
    return run


@pytest.mark.slow
def test_gates_decide_the_exit_code(run: Any, tmp_path: Path) -> None:
    """Options come before [checks] of tipbench.toml; results are rows like the other checks'."""
    assert run("check", NAME).return_value == 0
    for _ in range(2):
        assert run("check", NAME, "--min-score", "4.9").return_value == 1
    ((_, noted),) = check_records(Home(tmp_path / "home"), NAME)
    assert (noted.check, noted.passed, noted.numbers["limit"]) == ("min_score", False, 4.9)
    assert run("check", NAME, "--min-score", "1", "--max-failures", "0").return_value == 0
    (tmp_path / "tipbench.toml").write_text("[checks]\nmin_score = 4.9\n")
    assert run("check", NAME).return_value == 1
    assert run("check", NAME, "--min-score", "1").return_value == 0
    rows = json.loads(run("check", NAME, "--format", "json", "--cell", "two/p").stdout)
    assert [row["passed"] for row in rows if row["name"] == "min_score"] == [False]
    assert "cell 'three/p' is no cell" in str(run("check", NAME, "--cell", "three/p").exception)


@pytest.mark.slow
def test_a_drop_is_1_and_what_is_not_known_3(run: Any, tmp_path: Path) -> None:
    """Another failed check comes first, and --allow-undecided takes it; both words belong together."""
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    (tmp_path / "few.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows if row["scenario_id"] != "s0"))
    for row in rows:
        row["scores"]["anna"]["clear"] = 1
    (tmp_path / "worse.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "four.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows if row["scenario_id"] < "s4"))
    for name in ("few", "worse", "four"):
        assert run("adopt", f"tip-bench-{name}", f"{name}.jsonl").exception is None

    def held(name: str, *more: str) -> Result:
        words = ("--against", NAME, "--max-drop", "0.2", "--cell", "two/p", *more)
        result: Result = run("check", f"tip-bench-{name}", *words)
        return result

    assert held("few").return_value == 0
    assert held("worse").return_value == 1
    assert held("four").return_value == 3
    assert held("four", "--allow-undecided").return_value == 0
    assert held("four", "--min-score", "4.9").return_value == 1
    (row,) = [row for row in json.loads(held("few", "--format", "json").stdout) if row["name"] == "against"]
    assert (row["passed"], row["undecided"], row["numbers"]["diff"], row["numbers"]["scenarios"]) == (True, False, 0, 5)
    assert "go together" in str(run("check", NAME, "--against", NAME).exception)
    (tmp_path / "tipbench.toml").write_text(f'[checks]\nagainst = "{NAME}"\nmax_drop = 0.2\ncell = "two/p"\n')
    assert run("check", "tip-bench-worse").return_value == 1


@pytest.mark.slow
def test_a_baseline_is_set_without_a_run(run: Any) -> None:
    """The published differences are to it; a cell that is none is refused."""
    assert run("set-baseline", NAME, "two/p").return_value == 0
    rows = json.loads(run("leaderboard", NAME, "--format", "json").stdout)
    assert {row["model"]: row["diff"] is None for row in rows} == {"one": False, "two": True}
    assert "no cell" in str(run("set-baseline", NAME, "three/p").exception)


def test_the_catalog_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many of each kind, and every kind with its fields."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIPBENCH_HOME", str(tmp_path / "home"))
    runner = CliRunner()
    counts = json.loads(runner.invoke(tipbench, ["catalog", "--format", "json"], standalone_mode=False).stdout)
    for row in counts:
        found = runner.invoke(tipbench, ["catalog", row["kind"], "--format", "json"], standalone_mode=False)
        assert len(json.loads(found.stdout)) == row["entries"]
        assert row["entries"] > 0 or row["kind"] == "judges"  # which come with a project
        assert runner.invoke(tipbench, ["catalog", row["kind"]], standalone_mode=False).exception is None
