"""What `tipbench.open()` gives: listings with the columns of the command line, and errors that are its sentences."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import tipbench
from resources.home import Home
from resources.home_format import mark_format
from resources.lake.lock import writing
from tests.tipbench.conftest import NAME
from wiring import cli

ROOT = Path(__file__).parents[2]
LISTINGS: dict[str, tuple[Callable[[tipbench.Bench], pd.DataFrame], tuple[str, ...]]] = {
    "experiments": (lambda bench: bench.experiments(), ("experiments",)),
    "runs": (lambda bench: bench.runs(NAME), ("runs", NAME)),
    "tips": (lambda bench: bench.tips(NAME), ("tips", NAME)),
    "scores": (lambda bench: bench.scores(NAME), ()),
    "leaderboard": (lambda bench: bench.leaderboard(NAME), ("leaderboard", NAME)),
    "checks": (lambda bench: bench.checks(NAME), ("check", NAME)),
    "plan": (lambda bench: bench.plan("tip-bench-planned", models=["template"]), ("plan", "tip-bench-planned")),
    "export": (lambda bench: bench.export(NAME, judges=["anna"]), ()),
}
"""By method: a call, and the command whose CSV has the same columns; what has no such command has none."""
NUMBERS = re.compile(r"^numbers\.\w+$")


def _header(project: Path, words: tuple[str, ...]) -> list[str]:
    """The first line of a command's CSV."""
    given = ["--project", str(project), *words, "--format", "csv"]
    found = CliRunner().invoke(cli.tipbench, given, standalone_mode=False, env={"TIPBENCH_HOME": str(project / "home")})
    return found.stdout.splitlines()[0].split(",")


def _documented(method: str) -> list[str]:
    """The columns that a method's docstring names."""
    text = " ".join(str(getattr(tipbench.Bench, method).__doc__).split())
    listed = text.partition("Columns: ")[2].partition(" of slices also")[0].rstrip(".; ")
    names = re.findall(
        r"[a-z][\w.]*\b(?:\.[A-Z]+(?:\.\w+)?)?", re.sub(r"\bfor \w+ \w+(?: who has scored)?", "", listed)
    )
    return [name for name in names if name not in {"and", "what", "a", "check", "counted"}]


def _general(name: str) -> str:
    """A column with the name of a judge, criterion or count replaced by what it is."""
    name = re.sub(r"^scores\.\w+$", "scores.JUDGE", name)
    name = re.sub(r"^score\.\w+$", "score.CRITERION", name)
    name = re.sub(r"^criteria\.\w+\.", "criteria.CRITERION.", name)
    return NUMBERS.sub("numbers.COUNT", name)


@pytest.mark.parametrize("method", LISTINGS)
def test_the_columns_are_documented_and_the_command_lines(bench: tipbench.Bench, project: Path, method: str) -> None:
    """Each column stands in the docstring, in docs/python.md, and in the header of the command's CSV."""
    list_, words = LISTINGS[method]
    found = list(list_(bench).columns)
    general = list(dict.fromkeys(map(_general, found)))
    assert general == _documented(method)
    (row,) = re.findall(rf"^\| `{method}` \|.*$", (ROOT / "docs" / "python.md").read_text("utf-8"), re.MULTILINE)
    assert re.findall(r"`([^`]+)`", row.split("|")[3]) == general
    if words:
        assert _header(project, words) == found


def test_slices_have_a_row_for_each_value(bench: tipbench.Bench) -> None:
    """With the three columns that only slices have, as the command line prints them."""
    slices = bench.leaderboard(NAME, slice="area")
    assert len(slices) == 2 * slices["slice_value"].nunique()
    assert [*bench.leaderboard(NAME).columns, "slice", "slice_value", "p_bh"] == list(slices.columns)


def test_the_catalog_is_a_table(bench: tipbench.Bench) -> None:
    """Of each kind."""
    assert "template" in set(bench.catalog("models")["name"])
    assert {"terse", "coach"} <= set(bench.catalog("prompts")["name"])


def test_values_are_those_of_the_records(bench: tipbench.Bench) -> None:
    """Numbers are numbers, truths are truths, and what is not known is null."""
    board = bench.leaderboard(NAME)
    assert board["score"].between(1, 5).all()
    assert board["provisional"].tolist() == [False, False]
    assert board["diff"].isna().sum() == 1
    assert set(bench.tips(NAME, prompt="terse", limit=2)["prompt"]) == {"terse"}
    assert bench.scores(NAME)["judge"].unique().tolist() == ["heuristics"]


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        (lambda b: b.leaderboard("tip-bench-pyton"), f"did you mean {NAME}? It is in "),
        (lambda b: b.runs("nothing"), "tip-bench-"),
        (lambda b: b.run(NAME, modles=["template"]), "field 'modles' is not known: use models, prompts,"),
        (lambda b: b.run(NAME, models="template"), "field 'models' is not a list but a text"),
        (lambda b: b.run(NAME, seed=9), f"{NAME} is pinned with seed=0, and seed=9 differs"),
        (lambda b: b.run("tip-bench-other", models=["nobody"]), "nobody"),
        (lambda b: b.tips(NAME, outcome="good"), "outcome is 'good': use one of text, refused, failed"),
        (lambda b: b.tips(NAME, limit=0), "limit is 0"),
        (lambda b: b.leaderboard(NAME, slice="hair"), "slice is 'hair': use area or locale"),
        (lambda b: b.checks(NAME, min_score="much"), "field 'min_score' is not a number but a text"),
        (lambda b: b.checks(NAME, max_failures=2), "field 'max_failures' is not a number from 0 to 1"),
        (lambda b: b.checks(NAME, max_p95_ms=-1), "field 'max_p95_ms' is not a number of at least 0"),
        (lambda b: b.catalog("people"), "kind is 'people'"),
        (lambda b: b.import_scores(NAME, "absent.jsonl"), "absent.jsonl does not exist: name a file that is there"),
        (lambda b: b.adopt("tip-bench-other", "absent.csv"), "absent.csv does not exist: name a file that is there"),
        (lambda b: b.adopt(NAME, __file__, seed=-1), "seed is -1: use a number from 0"),
        (lambda b: b.adopt(NAME, __file__, set={"hair": "red"}), "set hair: name one of "),
    ],
)
def test_an_error_is_the_products_sentence(
    bench: tipbench.Bench, failing: Callable[[tipbench.Bench], Any], sentence: str
) -> None:
    """With the exit code of wrong input, and no traceback of what lies below."""
    with pytest.raises(tipbench.Error) as raised:
        failing(bench)
    assert sentence in str(raised.value)
    assert raised.value.exit_code == 2
    assert raised.value.__cause__ is None
    assert {Path(str(entry.path)).parent.name for entry in raised.traceback} <= {"tipbench"}


def test_a_home_that_is_missing_is_empty_and_stays_missing(tmp_path: Path) -> None:
    """Looking makes nothing; a name in it says where it was looked for; what cannot be a home is refused."""
    home = tmp_path / "none"
    bench = tipbench.open(home, tmp_path)
    assert bench.experiments().columns.tolist()[:2] == ["name", "state"]
    with pytest.raises(tipbench.Error, match=f"there is no experiment yet in {home}"):
        bench.tips(NAME)
    assert not home.exists()
    (tmp_path / "file").touch()
    with pytest.raises(tipbench.Error, match="which is no folder"):
        tipbench.open(tmp_path / "file", tmp_path)
    with pytest.raises(tipbench.Error, match="does not exist: make one with tipbench init"):
        tipbench.open(home, tmp_path / "absent")


def test_what_may_be_wrong_with_a_launch_is_a_warning(tmp_path: Path) -> None:
    """Of Python's kind, so that it can be silenced or made an error; the plan is there all the same."""
    entry = '[endpoints.e]\nbase_url = "http://127.0.0.1:1/v1"\n[[models]]\nname = "r"\nprovider = "openai"\n'
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "models.toml").write_text(f'{entry}endpoint = "e"\nmodel = "deepseek-r1"\n')
    bench = tipbench.open(tmp_path / "home", tmp_path)
    with pytest.warns(tipbench.BenchWarning, match="model r reasons before it answers") as caught:
        plan = bench.plan("tip-bench-planned", models=["r"], prompts=["terse"])
    assert caught[0].filename == __file__
    assert plan["cost"].isna().all()


def test_an_open_home_is_closed_with_a_warning(tmp_path: Path) -> None:
    """As every command does; the warning is one of the line that opens it."""
    home = Home(tmp_path / "home")
    home.root.mkdir()
    mark_format(home)
    home.root.chmod(0o755)
    with pytest.warns(tipbench.BenchWarning, match="other accounts could enter") as caught:
        tipbench.open(home.root, tmp_path)
    assert caught[0].filename == __file__
    assert home.root.stat().st_mode & 0o777 == 0o700


def test_two_on_one_home_see_each_other_and_write_one_after_the_other(bench: tipbench.Bench, project: Path) -> None:
    """What one publishes the other lists; while one writes, the other is refused and may try again."""
    other = tipbench.open(project / "home", project)
    name = "tip-bench-both"
    bench.run(name, models=["template"], prompts=["terse"], n_scenarios=2, judges=["heuristics"])
    assert name in set(other.experiments()["name"])
    home = Home(project / "home")
    with writing(home, name, purpose="collecting", now="2026-01-01"), pytest.raises(tipbench.Error) as raised:
        other.run(name)
    assert raised.value.exit_code == 3
    assert other.run(name).notes[0].startswith(f"{name}: going on with 1 cell")


def test_scores_come_back_and_outputs_from_elsewhere_come_in(bench: tipbench.Bench, tmp_path: Path) -> None:
    """An export names the file to write; a wrong one is refused with its lines; adopted outputs keep their scores."""
    (row,) = bench.export(NAME, judges="bert=agent").to_dict("records")
    assert (row["judge"], row["kind"], row["pending"]) == ("bert", "agent", 12)
    answers = Path(row["answers"])
    answers.write_text('{"item": "no-such", "rubric": "tips@2", "scores": {}}\n')
    with pytest.raises(tipbench.Error, match=r"1: ") as raised:
        bench.import_scores(NAME, answers)
    assert raised.value.exit_code == 2
    items = [line.split('"')[3] for line in (answers.parent / "items.jsonl").read_text("utf-8").splitlines()]
    lines = [f'{{"item": "{item}", "rubric": "tips@3", "unscorable": "test"}}\n' for item in items]
    answers.write_text("".join(lines))
    assert bench.import_scores(NAME, answers, judge="bert").notes[0].startswith("took 12 answers of bert (agent)")
    file = tmp_path / "tips.csv"
    file.write_text(
        "model,prompt,scenario_id,scenario,answer\na,p,s1,I sleep badly,Walk.\nb,p,s1,I sleep badly,Rest.\n"
    )
    adopted = bench.adopt("tip-bench-brought", file, map={"answer": "text"}, rename={"model": {"a": "ours"}})
    assert adopted.notes[0].startswith("tip-bench-brought: adopted 2 outputs of 2 cells over 1 scenario")
    assert bench.leaderboard(adopted.experiment)["model"].tolist() == ["ours", "b"]
