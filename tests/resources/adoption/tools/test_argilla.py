import json
from typing import Any

import pytest

from resources.adoption.rows import AdoptRejected
from resources.adoption.tools.argilla import DRAFTS

ANNA, BEN = "7d1b2c3e-0000-4000-8000-000000000001", "7d1b2c3e-0000-4000-8000-000000000002"


@pytest.mark.parametrize("name", ["argilla.json", "argilla_flat.jsonl"])
def test_records_are_outputs_and_users_judges(adopted: Any, rubric_of: Any, name: str) -> None:
    """Nested and flat alike: metadata names the cell, the other field is the scenario, suggestions are a model's."""
    found = adopted(name, rubric=rubric_of("clear", "kind", high=5))
    assert found.tools == ["argilla"]
    assert {(row.model, row.prompt, row.area) for row in found.rows} == {
        (m, "kind", "health") for m in ("north", "south")
    }
    assert len({row.scenario_id for row in found.rows}) == 3
    assert (found.rows[0].text, found.rows[0].scenario) == ("Walk, then rest (0).", {"text": "I cannot sleep, case 1"})
    assert found.rows[1].scores == {ANNA: {"clear": 4.0, "kind": 4.0}, "gpt-4o": {"clear": 4.0, "kind": 5.0}}
    assert found.judges[ANNA] == "human"
    assert found.judges["gpt-4o"] == "model"


def test_drafts_are_no_answers(adopted: Any, rubric_of: Any) -> None:
    """The flat export says which are; of the nested one it is said that it does not."""
    rubric = rubric_of("clear", high=5)
    assert BEN not in adopted("argilla_flat.jsonl", rubric=rubric).judges
    nested = adopted("argilla.json", rubric=rubric)
    assert BEN in nested.judges
    assert nested.notes == [f"argilla.json: {DRAFTS}"]


def test_a_prompt_field_is_what_was_asked(read: Any) -> None:
    """Where nothing else is; then the prompt's name is set."""
    record = {
        "id": "1",
        "prompt": "I cannot sleep",
        "tip": "Rest.",
        "clear.responses": [4],
        "clear.responses.users": ["u"],
    }
    with pytest.raises(AdoptRejected, match="--set model=NAME --set prompt=NAME"):
        read(a_jsonl=json.dumps(record))
    (row,) = read(a_jsonl=json.dumps(record), sets={"model": "m", "prompt": "p"}, without_scores=True).rows
    assert (row.text, row.scenario) == ("Rest.", {"text": "I cannot sleep"})
    fields = {"a": "one", "b": "two", "ours": "Rest."}
    other = {"fields": fields, "responses": {}, "metadata": {"model": "m", "prompt": "p"}}
    (row,) = read(a_jsonl=json.dumps(other), renames={"fields.ours": "text"}).rows
    assert row.text == "Rest."
