"""What commands share."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from core.benchmark.records import JudgeConflict
from core.judging.tasks import TaskNotOffered
from resources.home import Home
from resources.home_format import mark_format
from wiring.cli import tipbench
from wiring.cli.context import next_command


def test_a_command_to_give_next_names_the_project_that_this_one_named() -> None:
    """Quoted for a shell, and without the option where none was given."""
    command = click.Command("run")
    with click.Context(click.Group("tipbench"), obj=Path("my project")) as root, click.Context(command, parent=root):
        assert next_command("run", "tip-bench-x") == "tipbench --project 'my project' run tip-bench-x"
    with click.Context(click.Group("tipbench")) as root, click.Context(command, parent=root):
        assert next_command("import", "tip-bench-x", "a b.csv") == "tipbench import tip-bench-x 'a b.csv'"


def test_a_command_closes_an_open_home_and_says_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence on standard error at the first command, none at the next; the doctor leaves it as it is."""
    monkeypatch.setenv("TIPBENCH_HOME", str(tmp_path / "home"))
    home = Home(tmp_path / "home")
    mark_format(home)
    home.root.chmod(0o755)
    assert CliRunner().invoke(tipbench, ["doctor"]).exit_code == 0
    assert home.root.stat().st_mode & 0o777 == 0o755
    said = [CliRunner().invoke(tipbench, ["experiments", "--format", "json"]) for _ in range(2)]
    assert [result.stderr.count("\n") for result in said] == [1, 0]
    assert f"other accounts could enter {home.root}: it and" in said[0].stderr
    assert [result.stdout for result in said] == ["[]\n", "[]\n"]
    assert home.root.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "words", [["leaderboard", "tip-bench-x", "--pairwise"], ["adopt", "tip-bench-x", "missing.jsonl", "--pairwise"]]
)
def test_comparisons_are_refused_in_one_sentence(words: list[str]) -> None:
    """Before anything else of the command is looked at, and without a word in its help."""
    result = CliRunner().invoke(tipbench, words, standalone_mode=False)
    assert isinstance(result.exception, TaskNotOffered)
    assert str(result.exception) == "--pairwise: comparing two tips is not offered yet: judges rate one tip at a time"
    assert "pairwise" not in CliRunner().invoke(tipbench, [words[0], "--help"]).output


def test_a_plan_says_what_comes_to_the_judges_that_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program judges in the run, and a name that a launch refuses is refused."""
    monkeypatch.setenv("TIPBENCH_HOME", str(tmp_path / "home"))
    plan = ["plan", "tip-bench-x", "--models", "template", "--n-scenarios", "3", "--prompts", "terse"]
    said = CliRunner().invoke(tipbench, [*plan, "--judge", "anna", "--judge", "heuristics"]).stdout
    assert "anna judges at most 3 new tips\n" in said
    assert "heuristics judges" not in said
    refused = CliRunner().invoke(tipbench, [*plan, "--judge", "heuristics=human"], standalone_mode=False)
    assert isinstance(refused.exception, JudgeConflict)
