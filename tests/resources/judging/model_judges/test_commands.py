"""Judges of the catalog that are commands: real scripts inside runs, what they are given, and how their faults end."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.benchmark.options import OptionError
from core.benchmark.spec import Options
from resources.collect.launch import launch
from resources.judging.model_judges import commands
from resources.judging.model_judges.taking import items_without_score
from resources.judging.scores import Scores
from resources.lake.leaderboards import read_published
from resources.steps.chain import ChainResult
from tests.resources.collect.conftest import Project
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run

READ = "import json, os, sys\nitem = json.load(sys.stdin)\n"
FOURS = 'scores = {c["name"]: 4 for c in item["rubric"]["criteria"]}\n'
ANSWER = READ + FOURS + 'print(json.dumps({"reason": "It fits.", "scores": scores}))\n'
ONE = msgspec.structs.replace(SMALL, n_scenarios=1)
Write = Callable[..., Path]


@pytest.fixture
def write(project: Project) -> Write:
    """Writes the judge coded, whose script stands beside its definition; returns its folder."""
    folder = project.folder / "catalog" / "judges"

    def written(script: str, kind: str = "agent", more: str = "") -> Path:
        folder.mkdir(exist_ok=True)
        (folder / "coded.py").write_text(script)
        (folder / "coded.toml").write_text(f'kind = "{kind}"\ncommand = ["{sys.executable}", "coded.py"]\n{more}')
        return folder

    return written


def left(result: ChainResult) -> str:
    """What the collecting step left open."""
    assert result.collected is not None
    return result.collected.left or ""


def test_a_command_scores_inside_a_run_and_is_run_once_an_item(project: Project, write: Write) -> None:
    """Under its declared kind; a second run starts no process, and the reason is the comment."""
    folder = write(ANSWER + 'open("ran", "a").write(json.dumps(item) + "\\n")\n')
    assert run(project.bench, ("coded",), SMALL).passed
    assert [(row.judge_kind, row.score, row.n_scored) for row in rows_of(project.bench)] == [("agent", 4, 4)] * 2
    items = [json.loads(line) for line in (folder / "ran").read_text().splitlines()]
    assert len(items) == len({item["item"] for item in items}) <= 8
    assert run(project.bench).passed
    assert len((folder / "ran").read_text().splitlines()) == len(items)
    rubric = launch(project.bench, NAME, Options(), by_default=True).rubric
    assert set(Scores(project.bench.home, NAME, rubric).current()["comment"].to_pylist()) == {"It fits."}
    assert not (project.bench.home.root / "exports" / NAME).exists()
    text = json.dumps(items)
    assert not [name for name in ("template", "terse", "coach", NAME, "coded", "heuristic") if name in text]
    assert set(items[0]) == {"item", "seed", "situation", "context", "must_not", "tip", "rubric", "answer"}


def test_it_has_the_variables_that_it_names_and_no_key(project: Project, write: Write) -> None:
    """And what it prints of them is not stored."""
    folder = write(
        ANSWER.replace('"It fits."', 'os.environ["OWN"]') + 'open("env", "w").write(json.dumps(dict(os.environ)))\n',
        more='env = ["OWN"]\n',
    )
    keys = {"PATH": "/usr/bin:/bin", "OWN": "sk-own-0123456789", "OTHER": "sk-other-0123456789"}
    bench = replace(project.bench, keys=keys)
    assert run(bench, ("coded",), SMALL).passed
    given = json.loads((folder / "env").read_text())
    assert {name: given[name] for name in given if name != "LC_CTYPE"} == {
        "PATH": keys["PATH"],
        "LANG": "C.UTF-8",
        "OWN": keys["OWN"],
    }
    stored = [path.read_bytes() for path in bench.home.root.rglob("*") if path.is_file()]
    assert not [data for data in stored if b"sk-own" in data]


STUCK = [
    (None, "cannot be started: No such file or directory"),
    ("import sys\nsys.exit('no key: api_key=abcdefgh')\n", "ended with exit code 1: no key: api_key=…"),
    ("print('x' * 100_000_000)\n", "the command wrote over 1 MB"),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "ended with signal 11"),
    ("import time\ntime.sleep(1000)\n", "the command did not end within 1 s"),
    ("import os, time\nif os.fork(): os._exit(3)\ntime.sleep(1000)\n", "ended with exit code 3"),
]


@pytest.mark.parametrize(("script", "said"), STUCK, ids=[said[-30:] for _, said in STUCK])
def test_a_command_that_never_answers_is_stuck_and_named(
    project: Project, write: Write, monkeypatch: pytest.MonkeyPatch, script: str | None, said: str
) -> None:
    """Nothing is published over it, nothing is lost, and the same command goes on once it is set right."""
    folder = write(script or "")
    if script is None:
        (folder / "coded.toml").write_text('kind = "agent"\ncommand = ["./nothing-here"]\n')
    monkeypatch.setattr(commands, "LONGEST_S", 1.0 if "time.sleep" in (script or "") else commands.LONGEST_S)
    result = run(project.bench, ("coded", "heuristics"), ONE)
    assert not result.passed
    assert "judge coded has not answered 2 of 2 items" in left(result)
    assert said in left(result)
    assert read_published(project.bench.home, NAME) is None
    if script is None:
        (folder / "nothing-here").write_text(f"#!{sys.executable}\n{ANSWER}")
        (folder / "nothing-here").chmod(0o755)
    (folder / "coded.py").write_text(ANSWER)
    monkeypatch.undo()
    assert run(project.bench).passed
    assert [row.score for row in rows_of(project.bench)] == [4, 4]


BAD = [
    ('print("Four of five.")\n', "the answer holds no JSON object"),
    ("", "there is no answer"),
    (ANSWER.replace(" 4 ", " 40 "), "is 40: give a number from 1 to 5"),
    (ANSWER + 'print(json.dumps({"reason": "It told me to.", "scores": {c: 5 for c in scores}}))\n', "that differ"),
]


@pytest.mark.parametrize(("script", "said"), BAD, ids=[said for _, said in BAD])
def test_what_a_command_prints_is_read_as_what_a_model_says(
    project: Project, write: Write, script: str, said: str
) -> None:
    """Run three times an item, and then the item stays without a score, by name of what was wrong."""
    folder = write(f'open("ran", "a").write(".")\n{script}')
    assert left(run(project.bench, ("coded",), ONE)) == ""
    items = items_without_score(project.bench.home, NAME, "coded")
    assert [said in why for why in items.values()] == [True] * 2
    assert len((folder / "ran").read_text()) == 6
    run(project.bench)
    assert len((folder / "ran").read_text()) == 6


BREAKS = """\
try:
    os.write(os.open("broken", os.O_CREAT | os.O_EXCL | os.O_WRONLY), item["item"].encode())
except FileExistsError:
    pass
if open("broken").read() == item["item"]:
    sys.exit(9)
"""


def test_an_item_that_breaks_it_costs_that_item_alone(project: Project, write: Write) -> None:
    """Since it answers others, a failure is about the item: three attempts, and no score."""
    write(READ + BREAKS + ANSWER.removeprefix(READ))
    assert left(run(project.bench, ("coded",), SMALL)) == ""
    items = items_without_score(project.bench.home, NAME, "coded")
    assert [*items.values()] == ["the command ended with exit code 9"]
    assert sum(row.n_judge_failed for row in rows_of(project.bench)) >= 1


def test_a_command_that_the_catalog_no_longer_has_is_not_run(project: Project, write: Write) -> None:
    """What is on record runs nothing by itself, as it would from a pack; another name in the catalog is enough."""
    folder = write('open("ran", "w")\nimport sys\nsys.exit(1)\n')
    run(project.bench, ("coded",), SMALL)
    (folder / "ran").unlink()
    definition = folder / "coded.toml"
    text = definition.read_text()
    definition.write_text(text.replace('"coded.py"', '"coded.py", "--fast"'))
    assert "no judge of the catalog has its command" in left(run(project.bench))
    assert not (folder / "ran").exists()
    (folder / "coded.py").write_text(ANSWER)
    (folder / "also.toml").write_text(text)
    assert run(project.bench).passed


def test_a_variable_that_is_not_set_is_named(project: Project, write: Write) -> None:
    """Before anything is run."""
    folder = write('open("ran", "w")\n', more='env = ["OWN"]\n')
    assert "is given OWN, which is not set: export OWN=…" in left(run(project.bench, ("coded",), SMALL))
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("kind", ["agent", "model", "program"])
def test_a_ceiling_holds_over_a_program_alone(project: Project, write: Write, kind: str) -> None:
    """What any other command costs is known to nobody here; the declared kind is the judge's."""
    write(ANSWER, kind)
    options = msgspec.structs.replace(ONE, max_judge_cost=1.0)
    if kind == "program":
        assert run(project.bench, ("coded",), options).passed
        assert {row.judge_kind for row in rows_of(project.bench)} == {"program"}
        return
    with pytest.raises(OptionError, match="what the command of judge coded costs is not known here"):
        run(project.bench, ("coded",), options)
