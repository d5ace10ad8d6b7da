"""Whatever a name, a message or a model's text holds, a terminal is not told what to do by it."""

import ast
import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sanitize import escaped, escaped_json
from resources.home import Home
from resources.home_format import mark_format
from tests.structure.sources import named, sources, tree_of
from wiring.cli import COMMANDS, run_command_line
from wiring.operations.chain import CommandChain

NAME = "tip-bench-hostile"
HOSTILE = "a\x1b]0;owned\x07\x1b[2J\x9b31m\u202eb\u2066\r\x7f\u2028\u200b"
"""A title set by OSC, a screen cleared by CSI, a C1 introducer, two turned directions, a line that is overwritten."""
Run = Callable[..., tuple[int, str]]
PRINTERS = {
    "wiring/cli/terminal.py": {"click.echo", "click.style", "click.confirm"},
    "wiring/cli/output.py": {"Console(width=width, highlight=False).print"},
}
"""What prints by itself: the printer, and rich's tables, whose cells come from it."""
PRINTS = {"echo", "secho", "style", "confirm", "prompt", "print", "show"}


def _acting(text: str) -> list[str]:
    """Return the characters that are neither seen nor a tab or a line end, by Unicode's categories."""
    return [sign for sign in text if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} and sign not in "\t\n"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Commands in a project with hostile file names, each with its exit code and all that it printed."""
    project = tmp_path / f"my {HOSTILE}"
    (project / "catalog" / "prompts").mkdir(parents=True)
    (project / "tipbench.toml").touch()
    monkeypatch.setenv("TIPBENCH_HOME", str(project / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(project)
    monkeypatch.setattr(CommandChain, "finish", lambda _: None)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["tipbench", *words])
        code = run_command_line()
        return code, "".join(capsys.readouterr())

    return run


def _adopted(run: Run) -> None:
    """Adopt outputs whose every text is hostile, and score some of them."""
    row = {"model": "one", "prompt": "p", "scenario_id": "s", "scenario": HOSTILE, "tip_index": 0, "area": "x"}
    first, answer = {**row, "text": HOSTILE}, {**row, "model": "two", "text": f"{HOSTILE} Walk."}
    file = Path(f"out{HOSTILE}.jsonl")
    file.write_text(json.dumps(first) + "\n" + json.dumps(answer) + "\n")
    assert run("adopt", NAME, str(file), "--set", "locale=de")[0] == 0


def test_no_command_acts_on_the_terminal(run: Run) -> None:
    """Each is given hostile arguments; those that list, judge and report are tried on hostile contents too."""
    said: dict[tuple[str, ...], tuple[int, str]] = {}
    _adopted(run)
    for command in COMMANDS:
        said[command, "argument"] = run(command, HOSTILE, HOSTILE)
        said[command, "option"] = run(command, f"--{HOSTILE}")
        said[command, "choice"] = run(command, NAME, "--format", HOSTILE)
        if command != "init":  # which makes that project, below
            said[command, "project"] = run("--project", HOSTILE, command)
    said["", "command"] = run(HOSTILE)
    assert {code for code, _ in said.values()} == {2}, said
    listings: list[tuple[str, ...]] = [
        ("tips", NAME), ("experiments",), ("runs", NAME), ("leaderboard", NAME), ("check", NAME),
        ("leaderboard", NAME, "--slice", "area"), ("catalog", "scenarios"), ("doctor",), ("dead-letters",),
    ]  # fmt: skip
    for words in listings:
        for format_ in ("table", "json", "csv"):
            said[words[0], format_, *words[1:]] = run(*words, "--format", format_)
    Path(f"bad{HOSTILE}.jsonl").write_text(json.dumps({"item": HOSTILE, HOSTILE: HOSTILE}) + "\n")
    others: list[tuple[str, ...]] = [
        ("export", NAME, "--judge", "anna"), ("import", NAME, f"bad{HOSTILE}.jsonl"), ("report", NAME), ("erase",),
        ("import", NAME, f"none{HOSTILE}.jsonl"), ("report", NAME, "--output", f"{HOSTILE}/x"), ("prune",),
        ("init", f"new {HOSTILE}"), ("link",), ("plan", "tip-bench-x", "--models", "template", "--prompts", HOSTILE),
        ("tips", NAME, "--scenario", HOSTILE), ("adopt", "tip-bench-bad", f"bad{HOSTILE}.jsonl"),
        ("--project", f"other {HOSTILE}", "init"),
    ]  # fmt: skip
    for words in others:
        said[words] = run(*words)
    for name, (_, text) in said.items():
        assert _acting(text) == [], (name, text)
    assert r"\x1b]0;owned\x07" in said["import", NAME, f"none{HOSTILE}.jsonl"][1]
    texts = [row["text"] for row in json.loads(said["tips", "json", NAME][1])]
    assert texts == [HOSTILE, f"{HOSTILE} Walk."]  # a document says what it said


def test_what_a_catalog_or_a_home_is_called_is_printed_plainly(run: Run) -> None:
    """A broken entry of a hostile file name, and a home of one."""
    Path(f"catalog/prompts/{HOSTILE}.md").write_text(f"+++\nname = '{HOSTILE}\n+++\n")
    mark_format(Home(Path(os.environ["TIPBENCH_HOME"])))
    for words in (("catalog", "prompts"), ("doctor",), ("leaderboard", NAME), ("try", "template", "x")):
        assert _acting(run(*words)[1]) == []


@given(st.text())
def test_nothing_that_acts_is_left_and_nothing_else_is_changed(text: str) -> None:
    """Escaping again changes nothing; plain text stays; a JSON document keeps its value."""
    assert escaped(escaped(text)) == escaped(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", escaped(text))
    document = json.dumps([text], ensure_ascii=False)
    assert json.loads(escaped_json(document)) == [text]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", escaped_json(document))
    if text.isprintable():
        assert escaped(text) == text


def test_nothing_else_prints() -> None:
    """In the command line's code only the printer calls click's and rich's own functions."""
    found: dict[str, set[str]] = {}
    for path in sources():
        if named(path).startswith("wiring/cli/"):
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in PRINTS:
                    found.setdefault(named(path), set()).add(ast.unparse(node.func))
    shown = found.pop("wiring/cli/__init__.py")
    assert shown == {"error.show"}  # into a text, which the printer prints
    assert found == PRINTERS
