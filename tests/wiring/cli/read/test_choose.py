"""`tipbench choose`: its exit codes, its JSON, and what it says in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.resources.choosing.outputs import NAME, write_outputs
from tests.wiring.cli.conftest import commands_on
from wiring.exit_codes import WRONG_INPUT, code_of

FIELDS = [
    "decision", "cell", "equal_to", "champion", "reason", "margin", "board", "score", "low", "high", "best_of", "look",
    "failed", "aside", "scenarios_needed", "judge_noise",
]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with adopted outputs that anna has scored, without a mirror."""
    from resources.adoption.adopt import adopt
    from resources.adoption.options import AdoptOptions
    from resources.home import Home
    from tests.resources.conftest import benched

    root = tmp_path_factory.mktemp("chosen")
    adopt(benched(Home(root / "home")), NAME, [write_outputs(root / "o.jsonl", 45)], AdoptOptions(), None)
    return root / "home"


@pytest.fixture
def run(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command on that home."""
    return commands_on(home, tmp_path, monkeypatch, "choose", NAME)


def test_json_is_one_object_with_the_fields_of_the_contract(run: Any) -> None:
    """In their order, alone on standard output; a tie is a decision."""
    result = run("--margin", "0.2", "--format", "json")
    made = json.loads(result.stdout)
    assert result.return_value == 0
    assert list(made) == FIELDS
    assert (made["decision"], made["cell"], made["equal_to"]) == ("tie", "south/p", ["north/p"])
    assert made["board"]["scenarios"] == 45


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--margin", "0.2"], 0, "ship south/p: south/p and north/p are equal within 0.2"),
        (["--margin", "0.2", "--champion", "north/p", "--floor", "clear=4"], 0, "ship south/p"),
        (["--margin", "0.2", "--floor", "clear=5"], 1, "no: every cell breaks a limit for certain"),
        (["--margin", "0.01"], 3, "not enough data: with 45 scenarios no cell is surely"),
        (["--margin", "0.2", "--format", "markdown"], 0, "**Ship `south/p`**"),
    ],
)
def test_the_exit_code_says_what_was_decided(run: Any, arguments: list[str], code: int, said: str) -> None:
    """0 for ship, tie and keep, 1 for no, 3 where the data do not tell; the first line is the verdict."""
    result = run(*arguments)
    assert result.return_value == code
    assert said in result.output


def test_a_page_is_written_where_it_is_named(run: Any, tmp_path: Path) -> None:
    """As one file with the verdict; html and a file go together, and a folder has to be there."""
    page = tmp_path / "ship.html"
    result = run("--margin", "0.2", "--format", "html", "--output", str(page))
    assert (result.return_value, result.output) == (0, f"ship south/p: {page}\n")
    assert "<h1>Ship south/p</h1>" in page.read_text("utf-8")
    assert "go together" in str(run("--margin", "0.2", "--format", "html").exception)
    away = run("--margin", "0.2", "--format", "html", "--output", str(tmp_path / "away" / "ship.html"))
    assert "does not exist" in str(away.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--margin", "0"], "what check NAME --against tells"),
        (["--margin", "-1"], "margin is -1"),
        (["--margin", "0.2", "--floor", "kind=4"], "no criterion"),
        (["--margin", "0.2", "--floor", "clear"], "CRITERION=VALUE"),
        (["--margin", "0.2", "--champion", "east/p"], "no cell of this experiment"),
        (["--margin", "0.2", "--judges", "nobody"], "not on record"),
    ],
)
def test_what_cannot_be_decided_by_is_refused(run: Any, arguments: list[str], said: str) -> None:
    """Wrong input, in a sentence, before anything is recorded."""
    error = run(*arguments).exception
    assert code_of(error) in {WRONG_INPUT, None}
    assert said in str(error.format_message() if hasattr(error, "format_message") else error)
