"""The files of an export folder: what they show, in which order, and that both forms show the same."""

import csv
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.benchmark.records import JudgeKind
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Spec
from core.canonical import canonical
from core.judging.blinding import LENGTH, item_id
from core.judging.rubric import ComparisonQuestion, Criterion, Rubric, Scale
from core.judging.tasks import Item
from resources.judging import export_files
from resources.judging.export_files import (
    BOM,
    INVENTED_ITEM,
    Folder,
    answer_file,
    example_scores,
    instructions,
    schema,
    shown,
    write_folder,
)

RICH = {
    "id": "s0",
    "situation": "“Why” is she‘s late\nagain?",
    "local_time": "2026-01-05T08:10",
    "weather": {"summary": "snow", "temperature_c": -3.5},
    "calendar": [{"start": "09:00", "end": "10:00", "title": "Stand-up"}],
    "recent_reactions": [{"tip": "Breathe.", "reaction": "dismissed"}],
    "must_not": ["don’t drive"],
    "own": {"likes": ["tea", "«thé»"], "urgent": True},
}


def _folder(
    bench: Any, tmp_path: Path, texts: list[str], kind: JudgeKind = "human", data: dict[str, Any] = RICH
) -> Folder:
    spec: Spec = msgspec.structs.replace(bench.spec, scenarios=(Scenario("s0", None, "en", data),))
    folder = Folder(tmp_path / "exports" / "001", spec, "anna", kind)
    order = [item_id(b"x", "e", "anna", Item((str(n),))) for n in range(len(texts))]
    write_folder(folder, order, pa.table({"scenario": [0] * len(texts), "text": texts}))
    return folder


def _sheet(folder: Folder) -> list[dict[str, str]]:
    with (folder.path / "items.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_the_question_of_comparisons_is_shown_with_the_rubric_and_changes_nothing_else(
    bench: Any, tmp_path: Path
) -> None:
    """It stands in rubric.json; a rubric without one has the bytes, and so the hash, that it always had."""
    question = ComparisonQuestion("Which would you rather give?")
    rubric = msgspec.structs.replace(bench.spec.rubric, comparison=question)
    spec = msgspec.structs.replace(bench.spec, rubric=rubric)
    folders = [_folder(dataclasses.replace(bench, spec=each), tmp_path / name, ["Go."])
               for name, each in (("with", spec), ("without", bench.spec))]  # fmt: skip
    shown, plain = [json.loads((folder.path / "rubric.json").read_text("utf-8")) for folder in folders]
    assert shown == {**plain, "comparison": {"question": "Which would you rather give?"}}
    assert b"comparison" not in canonical(bench.spec.rubric)
    for name in ("items.jsonl", "items.csv", "scores.schema.json", "INSTRUCTIONS.md"):
        one, other = ((folder.path / name).read_text("utf-8").replace(str(folder.path), "") for folder in folders)
        assert one == other


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for name, entry in value.items() for leaf in [name, *_leaves(entry)]]
    if isinstance(value, list):
        return [leaf for entry in value for leaf in _leaves(entry)]
    return [value if isinstance(value, str) else json.dumps(value)]


def test_the_sheet_has_text_first_and_answers_right_of_the_tip(bench: Any, tmp_path: Path) -> None:
    """A byte order mark stands first; the columns of an answer keep their order behind situation, context and tip."""
    folder = _folder(bench, tmp_path, ["Go."])
    assert (folder.path / "items.csv").read_bytes().startswith(BOM.encode())
    row = _sheet(folder)[0]
    answer = ["item", "rubric", "clear", "kind", "comment", "unscorable"]
    assert list(row) == ["situation", "context", "tip", *answer]
    assert [row[name] for name in answer[2:]] == ["", "", "", ""]


def test_a_folder_put_in_its_place_meanwhile_is_not_written_into(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in place of the judge's folder nor of the new one: links that appear while it is written lead nowhere."""
    elsewhere, moved = tmp_path / "elsewhere", tmp_path / "moved"
    elsewhere.mkdir()

    def swapping(*args: Any) -> str:
        new = next((tmp_path / "exports").glob(".001.*"))
        new.rename(new.with_name("kept"))
        new.symlink_to(elsewhere)
        (tmp_path / "exports").rename(moved)
        (tmp_path / "exports").symlink_to(elsewhere)
        return instructions(*args)

    monkeypatch.setattr(export_files, "instructions", swapping)
    _folder(bench, tmp_path, ["Walk."])
    assert list(elsewhere.iterdir()) == []
    assert (moved / "kept" / "manifest.json").is_file()


def test_both_forms_show_the_same_context(bench: Any, tmp_path: Path) -> None:
    """Every name and value of the scenario in items.jsonl stands in the sheet, and the tip is the same."""
    folder = _folder(bench, tmp_path, ["Take “tea” – it’s «good»."])
    line = json.loads((folder.path / "items.jsonl").read_text("utf-8"))
    row = _sheet(folder)[0]
    cells = f"{row['situation']} | {row['context']}"
    hidden = [leaf for leaf in _leaves(line["scenario"]) if leaf.replace("\n", " | ") not in cells]
    assert hidden == ["situation"]  # the column's own name
    assert row["tip"] == line["tip"] == 'Take "tea" – it\'s "good".'
    assert row["situation"] == '"Why" is she\'s late | again?'
    assert "must_not: don't drive" in row["context"]


def test_what_the_situation_says_is_not_said_again(bench: Any, tmp_path: Path) -> None:
    """Without a situation the texts are it, and the context has what is left; empty fields are left out."""
    row = _sheet(_folder(bench, tmp_path, ["Go."], data={"question": "why", "n": 3, "none": [], "mood": None}))[0]
    assert (row["situation"], row["context"]) == ("question: why", "n: 3")


@given(st.text(alphabet="ab \u00a0«»“”„‟‘’‚‛‹›´ʼ\"'\u200b"))
def test_no_typographic_mark_tells_sources_apart(text: str) -> None:
    """What a judge sees has no typographic quotation mark or apostrophe, and showing it again changes nothing."""
    assert not set(shown(text)) & set("«»“”„‟‘’‚‛‹›´ʼ")
    assert shown(shown(text)) == shown(text)


def test_the_rubric_of_judges_has_nothing_of_the_heuristics(bench: Any, tmp_path: Path) -> None:
    """No criterion names the feature by which the program judge scores it; the rest is whole."""
    criteria = (Criterion("clear", "Clear", heuristic="reading_ease"), Criterion("kind", "Kind", 2.0))
    bench.spec = msgspec.structs.replace(bench.spec, rubric=Rubric("tips", "1", Scale(1, 5), criteria))
    found = json.loads((_folder(bench, tmp_path, ["Go."]).path / "rubric.json").read_text())
    assert found["criteria"] == [
        {"name": "clear", "description": "Clear"},
        {"name": "kind", "description": "Kind", "weight": 2.0},
    ]


def test_the_command_takes_the_file_that_this_judge_writes(bench: Any, tmp_path: Path) -> None:
    """A person fills items.csv, an agent or a model writes scores.jsonl; every place of the template is filled."""
    kinds: tuple[JudgeKind, ...] = ("human", "agent", "model")
    assert [answer_file(kind) for kind in kinds] == ["items.csv", "scores.jsonl", "scores.jsonl"]
    for kind in kinds:
        folder = Folder(tmp_path / "001", bench.spec, "anna", kind)
        text = instructions(folder, 3)
        assert f"tipbench import tip-bench-judged {folder.path / answer_file(kind)}\n" in text
        assert not re.search("@[A-Z]+@", text)
        for word in ("Nonsense", "beside the point", "no tip", "language"):
            assert word in text


def test_the_example_is_invented_and_its_scores_vary(bench: Any, tmp_path: Path) -> None:
    """No id can be the example's, and copying it gives no flat answer; its scores lie on the scale."""
    text = instructions(Folder(tmp_path / "001", bench.spec, "anna", "agent"), 3)
    assert text.count(f'"item":"{INVENTED_ITEM}"') == 2
    assert len(INVENTED_ITEM) == LENGTH
    assert not re.fullmatch("[a-z2-7]+", INVENTED_ITEM)
    assert example_scores(bench.spec.rubric) == {"clear": 4, "kind": 2}
    percent = msgspec.structs.replace(bench.spec.rubric, scale=Scale(0, 1))
    assert example_scores(percent) == {"clear": 0.75, "kind": 0.25}


def test_the_schema_says_what_the_importer_takes(bench: Any) -> None:
    """Every criterion is required within the scale, and either scores or a reason."""
    found = schema(bench.spec.rubric)
    scores = found["properties"]["scores"]
    assert scores["required"] == ["clear", "kind"]
    assert scores["properties"]["kind"] == {"type": "number", "minimum": 1, "maximum": 5}
    assert found["oneOf"] == [{"required": ["scores"]}, {"required": ["unscorable"]}]
