import json
from pathlib import Path
from typing import Any

import pytest

from resources.adoption.rows import AdoptRejected

LOG = json.loads((Path(__file__).parents[3] / "golden" / "adopt" / "inspect_ai.json").read_text("utf-8"))


def test_epochs_are_tips_of_a_scenario(adopted: Any) -> None:
    """Model, task, input, tokens and the failed sample of a real log."""
    found = adopted("inspect_ai.json")
    assert found.tools == ["inspect_ai"]
    assert {(row.model, row.prompt, row.area) for row in found.rows} == {("mockllm/model", "tips", "health")}
    assert [(row.scenario_id, row.tip_index) for row in found.rows] == [(f"s{n}", e) for e in (0, 1) for n in (1, 2, 3)]
    assert found.rows[0].scenario == {"text": "I cannot sleep, case 1"}
    assert [row.text for row in found.rows] == [*(f"Walk, then rest ({n})." for n in range(5)), None]
    assert (found.rows[0].tokens_in, found.rows[0].tokens_out) == (20, 10)
    assert found.rows[0].latency_ms is not None


def test_scorers_are_criteria(adopted: Any, rubric_of: Any) -> None:
    """A letter as a number, and the values of a scorer that has several."""
    found = adopted("inspect_ai.json", rubric=rubric_of("includes", "help", "ours.tone"))
    assert found.rows[0].scores == {"inspect_ai": {"includes": 1.0, "help": 0.5, "ours.tone": 1.0}}
    assert found.judges == {"inspect_ai": "program"}


def test_a_task_argument_names_the_prompt(read: Any) -> None:
    """Else the task does; a chat's input is what the user said, a part of it that is thought is no text."""
    log = {**LOG, "eval": {**LOG["eval"], "task_args": {"prompt": "kind"}}}
    sample = LOG["samples"][0]
    chat = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": [{"type": "text", "text": "Help"}]}]
    parts = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "Rest."}]
    choices = [{"message": {"role": "assistant", "content": parts}}]
    log["samples"] = [{**sample, "input": chat, "output": {**sample["output"], "choices": choices}}]
    (row,) = read(a_json=json.dumps(log), without_scores=True).rows
    assert (row.prompt, row.scenario, row.text) == ("kind", {"text": "Help"}, "Rest.")


def test_a_log_without_samples_is_refused(read: Any) -> None:
    """So is an archive; one that was interrupted is taken, and says so."""
    with pytest.raises(AdoptRejected, match="holds no samples"):
        read(a_json=json.dumps({**LOG, "samples": None}))
    with pytest.raises(AdoptRejected, match="a ZIP archive"):
        read(a_eval=b"PK\x03\x04\xff\xff")
    assert read(a_json=json.dumps({**LOG, "status": "cancelled"}), without_scores=True).notes == [
        "a.json: the log's status is cancelled: it may lack samples"
    ]


def test_logs_of_several_models_are_one_experiment(read: Any) -> None:
    """A file a model, as the program writes them."""
    other = {**LOG, "eval": {**LOG["eval"], "model": "openai/gpt-4o-mini"}}
    found = read(a_json=json.dumps(LOG), b_json=json.dumps(other), without_scores=True)
    assert {row.model for row in found.rows} == {"mockllm/model", "openai/gpt-4o-mini"}
    assert len({row.scenario_id for row in found.rows}) == 3
