"""`tipbench init`: a project whose suggested commands run as they are printed."""

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wiring.cli import tipbench
from wiring.cli.project_files import FILES


def _tipbench(*arguments: str) -> Result:
    return CliRunner().invoke(tipbench, list(arguments), standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a project is made, below a folder with a blank in its name."""
    monkeypatch.delenv("TIPBENCH_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "my work" / "mine"


def _suggested(said: str) -> list[list[str]]:
    lines = [line.strip() for line in said.splitlines() if line.startswith("  tipbench ")]
    return [shlex.split(line)[1:] for line in lines]


def test_this_folder_becomes_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is named; what is suggested then runs here."""
    monkeypatch.chdir(tmp_path)
    said = _tipbench("init").stdout
    assert (tmp_path / "tipbench.toml").is_file()
    assert said.endswith("or do all of it in the browser: tipbench up\n")


def test_the_project_that_is_named_is_made(folder: Path) -> None:
    """By --project as by DIR."""
    assert "made " in _tipbench("--project", str(folder), "init").stdout
    assert (folder / "tipbench.toml").is_file()
    assert not Path("tipbench.toml").exists()


def test_a_project_has_entries_of_every_kind(folder: Path) -> None:
    """Its own prompt, scenarios and rubric are seen, and the packaged scenarios are not; a second time files stay."""
    first = _tipbench("init", str(folder)).stdout
    assert first.count("made ") == len(FILES)
    assert first.endswith(f"or do all of it in the browser: tipbench --project {shlex.quote(str(folder))} up\n")
    assert _tipbench("init", str(folder)).stdout.count("kept ") == len(FILES)
    project = ("--project", str(folder), "catalog")
    scenarios = json.loads(_tipbench(*project, "scenarios", "--format", "json").stdout)
    assert [row["id"] for row in scenarios] == ["bus", "dentist", "guests"]
    own = ("models", "my-model"), ("prompts", "my-prompt"), ("rubrics", "my-rubric"), ("judges", "prompt-judge")
    for kind, name in own:
        assert name in {row["name"] for row in json.loads(_tipbench(*project, kind, "--format", "json").stdout)}


@pytest.mark.slow
def test_every_suggested_command_runs_as_printed(folder: Path) -> None:
    """In the printed order, with exit code 0, on the project's own entries alone."""
    commands = _suggested(_tipbench("init", str(folder)).stdout)
    assert [command[2] for command in commands] == ["catalog", "try", "plan", "run", "leaderboard"]
    for command in commands:
        result = _tipbench(*command)
        assert result.exception is None, (command, result.output)
        assert not result.return_value, (command, result.output)
    spec = json.loads((folder / ".tipbench/lake/tip-bench-first/spec.json").read_text())
    assert [scenario["id"] for scenario in spec["scenarios"]] == ["guests", "dentist", "bus"]
    assert (spec["rubric"]["name"], [prompt["name"] for prompt in spec["prompts"]]) == ("my-rubric", ["my-prompt"])
    tips = json.loads(_tipbench("--project", str(folder), "tips", "tip-bench-first", "--format", "json").stdout)
    assert len(tips) == 3
