"""`tipbench run` at the command line."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.wiring.cli.conftest import commands_on
from wiring.cli import tipbench
from wiring.exit_codes import DONE


def test_the_help_shows_its_example_as_one_line() -> None:
    """The example stands on a line of its own, and no mark of the formatter is seen."""
    said = CliRunner().invoke(tipbench, ["run", "--help"]).output
    assert re.search(r"^ *tipbench run tip-bench-first --models \S+ --n-scenarios 10$", said, re.MULTILINE)
    assert "\\b" not in said
    assert "\b" not in said


def test_a_run_is_repeated_with_other_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that was pinned is collected and judged again, and the same command goes on with it."""
    run = commands_on(tmp_path / "home", tmp_path, monkeypatch)
    options = ("--models", "template", "--prompts", "terse", "--n-scenarios", "3", "--judge", "heuristics")
    first = run("run", "tip-bench-old", *options)
    assert (first.exception, first.return_value) == (None, DONE)
    for _ in range(2):
        again = run("run", "tip-bench-new", "--repeats", "tip-bench-old")
        assert (again.exception, again.return_value) == (None, DONE)
    tips = {
        name: json.loads(run("tips", name, "--format", "json").stdout) for name in ("tip-bench-old", "tip-bench-new")
    }
    old, new = ([(tip["scenario_id"], tip["model"], tip["prompt"]) for tip in own] for own in tips.values())
    assert old == new
    assert all(tip["scores"] for own in tips.values() for tip in own)
    assert [tip["text"] for tip in tips["tip-bench-old"]] != [tip["text"] for tip in tips["tip-bench-new"]]
