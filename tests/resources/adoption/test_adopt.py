"""Adopting: all or nothing, the same again is a no-op, what nobody has judged may be adopted anew."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.benchmark.records import JudgeConflict, data_warnings, judges_of
from core.benchmark.spec import Options
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.adoption.rows import AdoptRejected
from resources.adoption.store import AdoptedNameTaken
from resources.bench_context import BenchContext
from resources.collect.judges import record_judges
from resources.judging.import_export import export_pending
from resources.lake.candidates import candidates
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec, read_records, read_spec
from resources.scoring.publishing import publish_leaderboard

NAME = "tip-bench-adopted"
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")


@pytest.fixture
def file(tmp_path: Path, rows: Any, table: Any) -> Path:
    """Twelve outputs without scores, two of them the word nan, under labels that are no names."""
    path = tmp_path / "outputs.csv"
    given = [{**row, "prompt": f"prompts/{row['prompt']}.txt"} for row in rows]
    path.write_text(table([*({**row, "text": "nan"} for row in given[:2]), *given[2:]]))
    return path


def test_titles_and_warnings_reach_leaderboard_and_report(bench: BenchContext, file: Path) -> None:
    """The label as given stands beside the name; the sentence on odd texts stands on the report."""
    adopted = adopt(bench, NAME, [file], AdoptOptions(), None)
    said = "2 texts are the word nan, taken as a tip: leave the cell empty where there is no text"
    assert adopted.warnings == [said] == data_warnings(read_records(bench.home, NAME))
    published = publish_leaderboard(bench, adopted.spec)
    assert {(row.prompt, row.title) for row in published.rows} == {
        ("prompts-p1.txt", "prompts/p1.txt"),
        ("prompts-p2.txt", "prompts/p2.txt"),
    }
    page = published.file("report.html").decode()
    assert said in page
    assert "prompts/p1.txt" in page


def test_the_same_again_changes_nothing(bench: BenchContext, file: Path) -> None:
    """Equal bytes and options, whatever else was done with the experiment."""
    first = adopt(bench, NAME, [file], AdoptOptions(), None)
    records = read_records(bench.home, NAME)
    again = adopt(bench, NAME, [file], AdoptOptions(), None)
    assert again.spec == first.spec
    assert "nothing changed" in again.notes[0]
    assert read_records(bench.home, NAME) == records


def test_a_newer_version_of_the_default_rubric_adopts_nothing_anew(bench: BenchContext, file: Path) -> None:
    """What was adopted by the version before stays as it is."""
    old = replace(bench, defaults=replace_rubric(bench, "tips@1"))
    first = adopt(old, NAME, [file], AdoptOptions(), None)
    again = adopt(bench, NAME, [file], AdoptOptions(), None)
    assert bench.catalog().rubric("tips").ref == "tips@3"
    assert again.spec == first.spec
    assert "nothing changed" in again.notes[0]


def replace_rubric(bench: BenchContext, rubric: str) -> Options:
    """The defaults with this rubric."""
    return msgspec.structs.replace(bench.defaults, rubric=rubric)


def test_what_nobody_has_judged_is_adopted_anew(bench: BenchContext, file: Path, rows: Any, lines: Any) -> None:
    """With other bytes or options; a judge on record keeps its kind, and nothing of the old outputs is left."""
    publish_leaderboard(bench, adopt(bench, NAME, [file], AdoptOptions(baseline="north/prompts-p1.txt"), None).spec)
    record_judges(bench, NAME, ["bea=agent"])
    export_pending(bench, pinned_spec(bench.home, NAME))
    other = file.with_name("other.jsonl")
    scored = [{**row, "scores": {"bea": dict.fromkeys(CRITERIA, 3)}} for row in rows[:6]]
    other.write_text(lines(scored))
    with pytest.raises(JudgeConflict):
        adopt(bench, NAME, [other], AdoptOptions(judge_kinds={"bea": "human"}), None)
    again = adopt(bench, NAME, [other], AdoptOptions(), None)
    assert "replaced" in again.notes[1]
    assert [prompt for _, prompt in again.spec.cell_names()] == ["p1", "p2"]
    assert candidates(bench.home, NAME).table().num_rows == 6
    assert judges_of(read_records(bench.home, NAME)) == {"bea": "agent"}
    assert data_warnings(read_records(bench.home, NAME)) == []
    assert read_published(bench.home, NAME) is None
    assert {row.n_scored for row in publish_leaderboard(bench, again.spec).rows} == {3}
    with pytest.raises(AdoptedNameTaken, match="another name"):
        adopt(bench, NAME, [file], AdoptOptions(), None)


def test_a_refused_file_leaves_what_was_there(bench: BenchContext, file: Path) -> None:
    """Also where it would have replaced it."""
    first = adopt(bench, NAME, [file], AdoptOptions(), None)
    torn = file.with_name("torn.csv")
    torn.write_bytes(file.read_bytes().rpartition(b",0,")[0] + b",0\n")
    with pytest.raises(AdoptRejected, match="line 13: no text here, which other lines have: is the file cut off"):
        adopt(bench, NAME, [torn], AdoptOptions(), None)
    assert read_spec(bench.home, NAME) == first.spec
    assert candidates(bench.home, NAME).table().num_rows == 12


def test_a_file_that_waits_is_a_judgement(bench: BenchContext, file: Path) -> None:
    """So are answers on their way: they would belong to nothing afterwards."""
    adopt(bench, NAME, [file], AdoptOptions(), None)
    waiting = bench.home.inbox(NAME) / "scores.jsonl"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("{}")
    with pytest.raises(AdoptedNameTaken):
        adopt(bench, NAME, [file], AdoptOptions(seed=3), None)


def test_unused_options_do_not_enter_the_identity(bench: BenchContext, file: Path) -> None:
    """So that what was adopted before they were there is still the same."""
    plain = adopt(bench, NAME, [file], AdoptOptions(), None).spec
    other = adopt(bench, "tip-bench-other", [file], AdoptOptions(sets={}, labels={}), None).spec
    assert plain.adopted == other.adopted
    named = adopt(bench, "tip-bench-named", [file], AdoptOptions(labels={"model": {"north": "n"}}), None).spec
    assert named.adopted != plain.adopted
