import json
from typing import Any

import pytest

from resources.adoption.rows import AdoptRejected

OBSERVATIONS = ["langfuse_observations.jsonl", "langfuse_observations.csv"]


@pytest.mark.parametrize("name", [*OBSERVATIONS, "langfuse_traces.json"])
def test_generations_are_outputs(adopted: Any, name: str) -> None:
    """Model and prompt with its version; what the user asked; time, tokens and cost."""
    found = adopted(name)
    assert found.tools == ["langfuse"]
    assert len(found.rows) == 12
    assert {(row.model, row.prompt) for row in found.rows} == {
        (model, f"coach-kind-v{version}") for model in ("north", "south") for version in (1, 2)
    }
    assert found.titles["north", "coach-kind-v1"] == "coach/kind-v1"
    first = found.rows[0]
    assert (first.text, first.area) == ("Walk, then rest (0).", "health")
    assert "I cannot sleep, case 1" in first.scenario.values()
    assert (first.latency_ms, first.tokens_in, first.tokens_out, first.cost) == (800, 20, 10, 0.0004)
    assert len({row.scenario_id for row in found.rows}) == 3


def test_the_answer_of_the_api_is_read_too(adopted: Any) -> None:
    """A page of it; what is no generation is left out and counted."""
    found = adopted("langfuse_api.json")
    assert len(found.rows) == 6
    assert found.notes == ["langfuse_api.json: left out what is no generation: 1 of 7 observations"]


def test_people_and_models_stay_apart(adopted: Any, rubric_of: Any) -> None:
    """An annotation is its author's, an evaluation a model's."""
    found = adopted("langfuse_traces.json", rubric=rubric_of("clear", high=5))
    assert found.judges == {"anna": "human", "langfuse-eval": "model"}
    assert found.rows[1].scores == {"anna": {"clear": 4.0}, "langfuse-eval": {"clear": 4.0}}
    with pytest.raises(AdoptRejected, match="its scores are called clear, verdict, and metrics@1 needs kind"):
        adopted("langfuse_traces.json", rubric=rubric_of("kind"))


def test_names_of_other_versions_are_read(read: Any, rubric_of: Any) -> None:
    """Underscores, usage in columns, a latency in seconds, scores by name."""
    row = {
        "id": "o", "trace_id": "t", "type": "generation", "start_time": "2026-11-28T12:00:00+00:00", "latency": 1.5,
        "provided_model_name": "m", "name": "tip", "input": "asked", "output": "said", "input_tokens": 3,
        "inputUsage": 7, "outputUsage": 9, "total_cost": 0.5, "scores": {"clear": [0.5, 1]},
    }  # fmt: skip
    found = read(rubric_of("clear"), stated=True, a_jsonl=json.dumps(row))
    (only,) = found.rows
    assert (only.model, only.prompt, only.latency_ms, only.cost) == ("m", "tip", 1500, 0.5)
    assert (only.tokens_in, only.tokens_out) == (7, 9)
    assert only.scores == {"langfuse": {"clear": 0.75}}


def test_an_export_without_generations_is_refused(read: Any) -> None:
    """It says what to export instead."""
    span = {"id": "s", "traceId": "t", "type": "SPAN", "startTime": "2026-11-28T12:00:00Z"}
    with pytest.raises(AdoptRejected, match="export generations, or traces"):
        read(a_jsonl=json.dumps(span))
