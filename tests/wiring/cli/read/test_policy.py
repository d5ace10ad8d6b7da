"""`tipbench evaluate-policy`: its JSON, its table with reasons, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from wiring.cli import tipbench
from wiring.exit_codes import WRONG_INPUT, code_of

FIELDS = ["estimator", "value", "low", "high", "n", "ess", "mean_weight", "max_weight", "refused"]
TARGET = "action,probability\na,0.3\nb,0.7\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command beside a log of 300 decisions and a target."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    rows = [f"d{n},{'ab'[n % 2]},0.5,{int(rng.random() < 0.4 + 0.2 * (n % 2))}" for n in range(300)]
    (tmp_path / "log.csv").write_text("\n".join(["decision,action,propensity,reward", *rows]))
    (tmp_path / "target.csv").write_text(TARGET)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(tipbench, ["evaluate-policy", *arguments], standalone_mode=False)

    return run


def test_json_is_a_list_alone_with_the_fields_of_the_contract(run: Any) -> None:
    """In their order, one row an estimator; no home is made."""
    result = run("log.csv", "--target", "target.csv", "--format", "json")
    rows = json.loads(result.stdout)
    assert [list(row) for row in rows] == [FIELDS] * 6
    assert [row["estimator"] for row in rows] == ["ips", "snips", "clipped_ips", "dm", "dr", "switch_dr"]
    assert all(row["low"] < row["value"] < row["high"] and row["refused"] is None for row in rows)
    assert not Path(".tipbench").exists()


def test_the_table_has_each_reason_once(run: Any) -> None:
    """A refused estimate keeps its value and is none of the exit code's concern."""
    (Path("short.csv")).write_text("\n".join(Path("log.csv").read_text().splitlines()[:80]))
    result = run("short.csv", "--target", "target.csv")
    assert result.exception is None
    assert result.stdout.count("not estimable: effective sample size") >= 1
    assert "ips, snips, clipped_ips" in result.stdout
    assert "clustered by user" in result.stdout
    clipped = json.loads(run("log.csv", "--target", "target.csv", "--clip", "1", "--format", "json").stdout)
    assert clipped[2]["max_weight"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.csv", "--target", "target.csv"), "missing.csv"),
        (("log.csv", "--target", "log.csv"), "log.csv has no column probability"),
        (("log.csv",), "--target"),
        (("log.csv", "--target", "target.csv", "--clip", "0"), "--clip"),
    ],
)
def test_wrong_input_ends_with_two(arguments: tuple[str, ...], said: str, run: Any) -> None:
    """With a sentence that names the file or the option."""
    result = run(*arguments)
    assert said in str(getattr(result.exception, "format_message", lambda: result.exception)())
    assert getattr(result.exception, "exit_code", None) == WRONG_INPUT or code_of(result.exception) == WRONG_INPUT
