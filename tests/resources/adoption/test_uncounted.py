import json
from pathlib import Path
from typing import Any

import pytest

from core.judging.rubric import Criterion, Rubric, Scale
from resources.adoption.options import AdoptOptions
from resources.adoption.read import AdoptedFile, read_adopted
from resources.adoption.remarks import notes_of
from resources.adoption.rows import AdoptRejected

GOLDEN = Path(__file__).parents[2] / "golden" / "adopt"
RUBRIC = Rubric("tips", "1", Scale(1, 5), (Criterion("clear", "Clear"), Criterion("kind", "Kind")))
NAMED = {"model": "m", "prompt": "p"}
HOLDING = {
    "promptfoo.json": "mentions_rest, length, score, pass",
    "promptfoo.jsonl": "mentions_rest, length, score, pass",
    "promptfoo.csv": "length, mentions_rest, score, pass",
    "inspect_ai.json": "includes, help, tone, ours.help, ours.tone",
    "lm_eval/samples_tips_2026-11-28T12-00-00.000000.jsonl": "exact_match",
    "deepeval_run.json": "Answer Relevancy, Answer Relevancy.success",
    "deepeval_results.json": "Answer Relevancy, Answer Relevancy.success",
    "langfuse_traces.json": "clear, verdict",
    "argilla.json": "clear, kind",
    "argilla_flat.jsonl": "clear, kind",
}


def adopted(name: str, **options: Any) -> AdoptedFile:
    """A golden file, read without a rubric that anybody stated."""
    given = [(GOLDEN / name, (GOLDEN / name).read_bytes())]
    return read_adopted(given, RUBRIC, AdoptOptions(**options), stated=False)


@pytest.mark.parametrize("name", HOLDING)
def test_scores_that_no_rubric_names_refuse_a_tools_file(name: str) -> None:
    """In one sentence that names them and what to add; with --without-scores the texts are taken and it is said."""
    with pytest.raises(AdoptRejected) as refused:
        adopted(name, sets=NAMED)
    said = str(refused.value)
    assert "1 problem:" in said
    assert HOLDING[name] in said
    assert "--without-scores to take the texts alone" in said
    assert ("--rubric FILE" in said) is not name.startswith("lm_eval")
    found = adopted(name, sets=NAMED, without_scores=True)
    assert found.judges == {}
    assert not any(row.scores for row in found.rows)
    assert any(f"scores called {HOLDING[name]}" in note for note in notes_of(found, RUBRIC, []))


@pytest.mark.parametrize("name", ["deepeval_data.csv", "langfuse_api.json"])
def test_a_tools_file_without_scores_is_taken(name: str) -> None:
    """There is nothing that would be dropped."""
    assert adopted(name, sets=NAMED).metrics == []


def test_one_score_alone_of_a_repeated_task_can_count(read: Any) -> None:
    """Those of repeats stand for all of them together, which no rubric changes."""
    lines = (GOLDEN / "lm_eval" / "samples_tips_2026-11-28T12-00-00.000000.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    exact = Rubric("exact", "1", Scale(0, 1), (Criterion("exact_match", "Equal"),))
    with pytest.raises(AdoptRejected, match="exact_match stand for all repeats of a question together"):
        read(exact, stated=True, sets=NAMED, a_jsonl="\n".join(map(json.dumps, rows)))
    single = [{**row, "resps": [row["resps"][0][:1]]} for row in rows]
    found = read(exact, stated=True, sets=NAMED, a_jsonl="\n".join(map(json.dumps, single)))
    assert {judge for row in found.rows for judge in row.scores} == {"lm-eval"}


@pytest.mark.parametrize("column", ["score", "Scores", "rating", "score_clear", "scores.anna", "Clear", "kind"])
def test_scores_that_nothing_reads_refuse_a_table(read: Any, rows: Any, table: Any, column: str) -> None:
    """Columns called score or rating, or like a criterion, that hold numbers; --map says whose they are."""
    scored = table([{**row, column: "3,5"} for row in rows], ";")
    with pytest.raises(AdoptRejected, match="nothing reads its scores in column") as refused:
        read(a_csv=scored)
    assert f"--map {column}=score.JUDGE.CRITERION" in str(refused.value)
    taken = read(a_csv=scored, without_scores=True)
    assert taken.ignored == [column]
    clear = Rubric("own", "1", Scale(1, 5), (Criterion("quality", "Good"),))
    named = read(clear, stated=True, a_csv=scored, renames={column: "score.anna.quality"})
    assert named.rows[0].scores == {"anna": {"quality": 3.5}}


@pytest.mark.parametrize(("column", "value"), [("scorer", "3"), ("topic", "3"), ("rating", "good"), ("score", "")])
def test_a_column_of_another_kind_is_left_out(read: Any, rows: Any, table: Any, column: str, value: str) -> None:
    """A name that is none of theirs, or no number."""
    assert read(a_csv=table([{**row, column: value} for row in rows])).ignored == [column]


def test_scores_in_our_own_columns_may_be_left_out_on_purpose(read: Any, rows: Any, lines: Any) -> None:
    """Complete ones count; with --without-scores they are named by judge and criterion and stay out."""
    scored = lines([{**row, "scores": {"anna": {"clear": 3, "kind": 4}}} for row in rows])
    assert read(a_jsonl=scored).rows[0].scores == {"anna": {"clear": 3.0, "kind": 4.0}}
    out = read(a_jsonl=scored, without_scores=True)
    assert (out.rows[0].scores, out.judges, out.metrics) == ({}, {}, ["anna.clear", "anna.kind"])
