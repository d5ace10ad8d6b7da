"""The command line's edge: what is kept of a defect, and where."""

import sys
from pathlib import Path

import pytest

from wiring import cli

SECRET = "the value that no log may hold"


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
