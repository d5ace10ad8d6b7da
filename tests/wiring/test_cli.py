"""The command line's edge: what is kept of a defect, and where; and what its commands load."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from resources.home import Home
from resources.home_format import mark_format
from wiring import cli

ROOT = Path(__file__).resolve().parents[2]
NAME = "tip-bench-adopted"
SECRET = "the value that no log may hold"
HEAVY = ("dagster", "mlflow", "aiohttp")
COMMAND = f"""
import atexit, sys
atexit.register(lambda: print("loaded:", *sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr))
from wiring.cli import main
main()
"""


def test_a_defect_is_masked_and_kept_in_the_projects_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 70, one line without values, and the frames under the home of the project that was named."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "tipbench.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIPBENCH_HOME", raising=False)
    monkeypatch.setattr(sys, "argv", ["tipbench", "--project", str(project), "runs", "tip-bench-x"])
    with pytest.raises(KeyError) as raised:
        dict[str, int]()[SECRET]
    assert cli.report_failure(raised.value) == 70
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    (traceback_file,) = (project / ".tipbench" / "logs").glob("defect-*.txt")
    assert str(traceback_file) in said
    assert SECRET not in said + traceback_file.read_text("utf-8")


def test_a_name_without_a_pin_says_which_is_meant_or_that_the_folder_holds_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt name is answered with the close one, a wrong folder with its home and `--project`."""
    monkeypatch.setenv("TIPBENCH_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["tipbench", "leaderboard", "tip-bench-advise"])
    assert cli.run_command_line() == 2
    assert f"there is no experiment yet in {tmp_path}; --project" in capsys.readouterr().err
    mark_format(Home(tmp_path))
    for name in ("tip-bench-advice", "tip-bench-zoo"):
        (tmp_path / "lake" / name).mkdir(parents=True)
        (tmp_path / "lake" / name / "spec.json").touch()
    assert cli.run_command_line() == 2
    assert f"did you mean tip-bench-advice? It is in {tmp_path}" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["tipbench", "leaderboard", "tip-bench-food"])
    assert cli.run_command_line() == 2
    assert f"there are tip-bench-advice, tip-bench-zoo in {tmp_path}" in capsys.readouterr().err


def test_a_defect_is_one_sentence_where_the_home_cannot_be_read_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link that somebody put into the home while the command ran: the frames go elsewhere, and nothing is raised."""
    home = Home(tmp_path / "home")
    mark_format(home)
    (home.root / "inbox").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIPBENCH_HOME", str(home.root))
    monkeypatch.setattr(sys, "argv", ["tipbench", "runs", "tip-bench-x"])
    with pytest.raises(KeyError) as raised:
        dict[str, int]()[SECRET]
    assert cli.report_failure(raised.value) == 70
    assert capsys.readouterr().err.startswith("tipbench: a defect: KeyError in ")


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project folder with a file of outputs, adopted as `NAME` in its home."""
    folder = tmp_path_factory.mktemp("adopted")
    (folder / "tipbench.toml").write_text("")
    row = {"model": "one", "prompt": "p", "scenario_id": "s", "scenario": "x", "tip_index": 0, "text": "Walk."}
    (folder / "out.jsonl").write_text(json.dumps(row) + "\n")
    (folder / "refused.jsonl").write_text('{"item": "nobody knows it"}\n')
    assert _loaded(folder, "adopt", NAME, "out.jsonl") == (0, [])
    return folder


def _loaded(folder: Path, *words: str) -> tuple[int, list[str]]:
    """Return the exit code of a command in a process of its own and the heavy packages that it had loaded."""
    environ = {**os.environ, "TIPBENCH_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", COMMAND, *words]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    said = done.stderr.splitlines()[-1].split()
    assert said[0] == "loaded:", done.stderr
    return done.returncode, said[1:]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--help"], 0),
        (["run", "--help"], 0),
        (["experiments"], 0),
        (["runs", NAME], 0),
        (["tips", NAME], 0),
        (["leaderboard", NAME], 0),
        (["report", NAME], 0),
        (["check", NAME], 0),
        (["export", NAME, "--judge", "anna"], 0),
        (["import", NAME, "refused.jsonl"], 2),
        (["adopt", NAME, "out.jsonl"], 0),
        (["plan", "tip-bench-next", "--models", "template"], 0),
        (["run", "tip-bench-run", "--models", "template", "--prompts", "terse", "--n-scenarios", "1"], 0),
    ],
)
def test_a_command_loads_neither_dagster_nor_mlflow(adopted: Path, words: list[str], code: int) -> None:
    """Nor an HTTP client where no endpoint is asked; Dagster and MLflow are written to by processes beside it."""
    assert _loaded(adopted, *words) == (code, [])
