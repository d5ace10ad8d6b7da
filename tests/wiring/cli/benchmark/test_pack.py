"""`tipbench pack` and `tipbench unpack`: from one home to another, by a file that others can read."""

from pathlib import Path
from typing import Any

import pytest

from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.choosing.shipping import ship
from resources.home import Home
from resources.scoring.publishing import publish_leaderboard
from tests.resources.choosing.outputs import NAME, write_outputs
from tests.resources.conftest import benched
from tests.wiring.cli.conftest import commands_on
from wiring.exit_codes import WRONG_INPUT, code_of


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a home with adopted outputs of which a cell is shipped."""
    bench = benched(Home(tmp_path / "home"))
    spec = adopt(bench, NAME, [write_outputs(tmp_path / "o.jsonl", 6)], AdoptOptions(), None).spec
    publish_leaderboard(bench, spec)
    ship(bench, spec, "south/p", "the first")
    return commands_on(tmp_path / "home", tmp_path, monkeypatch)


@pytest.mark.slow
def test_a_pack_is_checked_against_and_unpacked_elsewhere(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With names the same people have judged it; the same file again ends with 0, and a cut one with 2."""
    packed = run("pack", NAME, "--output", "packs/mine.tipbench")
    assert packed.return_value == 0
    assert "packs/mine.tipbench" in packed.output
    assert run("pack", NAME, "--output", "named.tipbench", "--names").return_value == 0
    words = ("check", NAME, "--max-drop", "0.2", "--against")
    assert run(*words, "named.tipbench").return_value == 0
    refused = run(*words, "packs/mine.tipbench").exception
    assert refused is not None
    assert code_of(refused) == WRONG_INPUT
    assert "anna and judge-1" in str(refused)
    monkeypatch.setenv("TIPBENCH_HOME", str(tmp_path / "other"))
    assert "unpacked: tip-bench-chosen" in run("unpack", "packs/mine.tipbench").output
    assert run("unpack", "packs/mine.tipbench").return_value == 0
    assert run("check", NAME).return_value == 0
    (tmp_path / "cut.tipbench").write_bytes((tmp_path / "named.tipbench").read_bytes()[:-40])
    cut = run("unpack", "cut.tipbench").exception
    assert cut is not None
    assert code_of(cut) == WRONG_INPUT
