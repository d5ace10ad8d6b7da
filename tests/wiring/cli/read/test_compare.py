"""`tipbench compare`, `tips --worst` and `run --repeats` on experiments whose scores are known."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.resources.choosing.outputs import NAME, write_outputs
from tests.wiring.cli.conftest import commands_on
from wiring.exit_codes import WRONG_INPUT, code_of

NEXT = "tip-bench-next"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with adopted outputs that anna has scored, and the same ones with a worse west."""
    from resources.adoption.adopt import adopt
    from resources.adoption.options import AdoptOptions
    from resources.home import Home
    from tests.resources.conftest import benched

    root = tmp_path_factory.mktemp("compared")
    bench = benched(Home(root / "home"))
    first = write_outputs(root / "first.jsonl", 12)
    rows = [json.loads(line) for line in first.read_text().splitlines()]
    for row in rows:
        if row["model"] == "west":
            row["scores"]["anna"] = dict.fromkeys(row["scores"]["anna"], 1.0)
    second = root / "second.jsonl"
    second.write_text("\n".join(map(json.dumps, rows)))
    adopt(bench, NAME, [first], AdoptOptions(), None)
    adopt(bench, NEXT, [second], AdoptOptions(), None)
    return root / "home"


@pytest.fixture
def run(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on that home."""
    return commands_on(home, tmp_path, monkeypatch)


def test_compare_says_which_cells_changed(run: Any) -> None:
    """In JSON alone; as a table with what the comparison rests on below it."""
    changes = json.loads(run("compare", NAME, NEXT, "--format", "json").stdout)
    assert {each["cell"]: each["changed"] for each in changes} == {"north/p": False, "south/p": False, "west/p": True}
    said = run("compare", NAME, NEXT).output
    assert f"{NEXT} minus {NAME}: 3 cells on 12 common scenarios, judged by anna" in said
    refused = run("compare", NAME, "tip-bench-away").exception
    assert code_of(refused) == WRONG_INPUT


def test_the_worst_tips_come_first_ten_by_itself(run: Any) -> None:
    """With the words of the judge read for those alone; a limit takes another number."""
    worst = json.loads(run("tips", NEXT, "--worst", "--format", "json").stdout)
    assert len(worst) == 10
    assert {row["model"] for row in worst} == {"west"}
    assert all(row["scores"] == {"anna": 1.0} for row in worst)
    best = json.loads(run("tips", NEXT, "--best", "--limit", "2", "--format", "json").stdout)
    assert len(best) == 2
    assert best[0]["scores"]["anna"] >= best[1]["scores"]["anna"] > 4
    assert "has anybody scored them?" in run("tips", NEXT, "--disagreement").stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [([], "adopted"), (["--models", "template"], "models"), (["--extends", NEXT], "extends")],
)
def test_what_cannot_be_repeated_is_refused(run: Any, more: list[str], said: str) -> None:
    """Outputs that were made elsewhere, and a pinned option or another beginning beside it: wrong input, unwritten."""
    refused = run("run", "tip-bench-again", "--repeats", NAME, *more).exception
    assert code_of(refused) == WRONG_INPUT
    assert said in str(refused)
