"""`tipbench ship`: its exit codes, both files, and taking it back."""

import json
from pathlib import Path
from typing import Any

import pytest
from click import UsageError

from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.home import Home
from tests.resources.choosing.outputs import NAME, write_outputs
from tests.resources.conftest import benched
from tests.wiring.cli.conftest import commands_on


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a home with adopted outputs that nothing was decided on yet."""
    adopt(benched(Home(tmp_path / "home")), NAME, [write_outputs(tmp_path / "o.jsonl", 6)], AdoptOptions(), None)
    return commands_on(tmp_path / "home", tmp_path, monkeypatch, "ship", NAME)


def test_a_cell_is_handed_over_for_a_reason_and_taken_back(run: Any, tmp_path: Path) -> None:
    """Without a decision only with --anyway, which the files say; nothing is written where it is refused."""
    for arguments in ([], ["south/p"], ["south/p", "--undo"]):  # a cell with a folder, or --undo alone
        assert isinstance(run(*arguments).exception, UsageError)
    refused = run("south/p", "--output", "out")
    assert refused.return_value == 1
    assert "no decision on today's scores" in refused.output
    assert not (tmp_path / "out").exists()
    assert run("south/p", "--output", "out", "--anyway", "it is cheap").return_value == 0
    made = json.loads((tmp_path / "out" / "ship.json").read_text())
    assert (made["cell"], made["verdict"], made["anyway"]) == ("south/p", None, "it is cheap")
    assert "it is cheap" in (tmp_path / "out" / "prompt.md").read_text()
    second = run("north/p", "--output", "out", "--anyway", "it is good")
    assert "shipped: north/p of tip-bench-chosen, in place of south/p" in second.output
    back = run("--undo", "--output", "out")
    assert "shipped again, as before: south/p" in back.output
    assert json.loads((tmp_path / "out" / "ship.json").read_text())["cell"] == "south/p"
    assert "nothing is shipped now" in run("--undo").output
    assert run("--undo").return_value == 1
