import json
from pathlib import Path
from typing import Any

import pytest

from resources.adoption.rows import AdoptRejected

FOLDER = Path(__file__).parents[3] / "golden" / "adopt" / "lm_eval"
(SAMPLES,) = FOLDER.glob("samples_*.jsonl")
ROWS = [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()]


def _lines(rows: list[Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_repeats_are_tips_and_the_model_stands_beside(adopted: Any) -> None:
    """The results file of the same date names the model, the file's name the task."""
    found = adopted(f"lm_eval/{SAMPLES.name}")
    assert found.tools == ["lm-eval"]
    assert {(row.model, row.prompt) for row in found.rows} == {("org/north", "tips")}
    assert [(row.scenario_id, row.tip_index, row.text) for row in found.rows[:3]] == [
        ("0", 0, "Walk, then rest (0)."), ("0", 1, "Walk, then rest (1)."), ("1", 0, "Walk, then rest (2)."),
    ]  # fmt: skip
    assert found.rows[0].scenario == {"situation": "I cannot sleep, case 1", "rest": "rest"}
    assert found.notes == [f"{SAMPLES.name}: model org/north is what its results file says"]


def test_elsewhere_model_and_prompt_are_set(read: Any) -> None:
    """A file alone does not name them."""
    with pytest.raises(AdoptRejected, match="--set model=NAME --set prompt=NAME"):
        read(a_jsonl=_lines(ROWS))
    rows = read(a_jsonl=_lines(ROWS), sets={"model": "gpt2", "prompt": "tips"}, without_scores=True).rows
    assert {(row.model, row.prompt) for row in rows} == {("gpt2", "tips")}


def test_a_metric_belongs_to_the_one_answer(read: Any, rubric_of: Any) -> None:
    """With one repeat it is a score; of several filters the first is read."""
    once = [{**row, "resps": [row["resps"][0][:1]], "exact_match": 1.0} for row in ROWS]
    twice = [*once, *({**row, "filter": "strict", "exact_match": 0.0} for row in once)]
    sets = {"model": "gpt2", "prompt": "tips"}
    found = read(rubric_of("exact_match"), stated=True, a_jsonl=_lines(twice), sets=sets)
    assert [row.scores for row in found.rows] == [{"lm-eval": {"exact_match": 1.0}}] * 3
    assert found.judges == {"lm-eval": "program"}
    assert "its filter none was read, not strict" in found.notes[0]


def test_a_task_that_writes_no_text_is_refused(read: Any) -> None:
    """Likelihoods of given answers are nothing to judge."""
    choice = {"gen_args_0": {"arg_0": "Q", "arg_1": " yes"}, "gen_args_1": {"arg_0": "Q", "arg_1": " no"}}
    rows = [{**row, "arguments": choice, "resps": [[["-1.5", "False"]], [["-0.5", "True"]]]} for row in ROWS]
    with pytest.raises(AdoptRejected, match="writes no text"):
        read(a_jsonl=_lines(rows))
