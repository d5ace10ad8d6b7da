"""`tipbench plan`: what it says beside the money."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from wiring.cli import tipbench

OPTIONS = ["--models", "template", "--prompts", "terse,continue", "--n-scenarios", "12", "--n-tips", "1"]


def test_a_plan_says_what_can_be_shown_and_what_judging_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In sentences below the table, by the margin that is given and at the seconds of a tip."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIPBENCH_HOME", str(tmp_path / "home"))
    plan = ["plan", "tip-bench-x", *OPTIONS, "--judge", "anna"]
    said = CliRunner().invoke(tipbench, [*plan, "--margin", "0.5", "--seconds-a-tip", "60"], standalone_mode=False)
    assert "judging 24 tips takes 0.4 hours at 60 seconds a tip, an assumption" in said.output
    assert "12 scenarios show a difference of" in said.output
    assert "choose --margin 0.5 takes about" in said.output
    assert "--looks K --max-scenarios N" in said.output
    refused = CliRunner().invoke(tipbench, [*plan, "--margin", "0"], standalone_mode=False)
    assert refused.exception is not None
    assert "margin is 0" in str(refused.exception)
