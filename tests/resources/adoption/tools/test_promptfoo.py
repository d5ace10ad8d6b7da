from typing import Any

import pytest

JSON = ["promptfoo.json", "promptfoo.jsonl"]
KIND = "kind: prompts/kind.txt: You are kind.\nTip for {{situation}}"


@pytest.mark.parametrize("name", [*JSON, "promptfoo.csv"])
def test_providers_and_prompts_are_cells(adopted: Any, name: str) -> None:
    """Three tests of two providers and two prompts, in the order of the evaluation; what failed has no text."""
    found = adopted(name)
    assert found.tools == ["promptfoo"]
    cells = list(dict.fromkeys((row.model, row.prompt) for row in found.rows))
    assert cells == [("north", "prompts-short.txt"), ("north", "kind"), ("echo", "prompts-short.txt"), ("echo", "kind")]
    assert found.titles["north", "kind"] == KIND
    assert {row.scenario_id for row in found.rows} == {"s1", "s2", "s3"}
    texts = {(row.model, row.prompt, row.scenario_id): row.text for row in found.rows}
    assert len(texts) == 12
    assert texts["north", "prompts-short.txt", "s1"] == "Walk, then rest (s1, 33)."
    assert texts["echo", "kind", "s2"] == 'You are kind.\nTip for Ünïcode; "quoted", case 2'
    assert [place for place, text in texts.items() if text is None] == [("north", "kind", "s3")]
    assert found.rows[0].scenario == {"id": "s1", "situation": "I cannot sleep, case 1"}


@pytest.mark.parametrize("name", JSON)
def test_costs_and_tokens_are_known_and_a_cached_latency_is_not(adopted: Any, name: str) -> None:
    """A cached answer says nothing of the time that a model takes."""
    rows = {(row.model, row.prompt, row.scenario_id): row for row in adopted(name).rows}
    first, cached = rows["north", "kind", "s1"], rows["north", "kind", "s2"]
    assert (first.tokens_in, first.tokens_out, first.cost) == (20, 10, 0.0004)
    assert first.latency_ms is not None
    assert cached.latency_ms is None
    assert rows["echo", "kind", "s1"].tokens_in is None


@pytest.mark.parametrize("name", [*JSON, "promptfoo.csv"])
def test_metrics_count_where_a_rubric_names_them(adopted: Any, rubric_of: Any, name: str) -> None:
    """A program's, by name; without scores they are named and left out."""
    found = adopted(name, rubric=rubric_of("Pass", "mentions_rest"))
    assert found.judges == {"promptfoo": "program"}
    rows = {(row.model, row.prompt, row.scenario_id): row.scores for row in found.rows}
    assert rows["north", "kind", "s1"] == {"promptfoo": {"mentions_rest": 1.0, "Pass": 1.0}}
    assert rows["echo", "kind", "s1"] == {"promptfoo": {"mentions_rest": 0.0, "Pass": 0.0}}
    assert found.metrics == []
    assert set(adopted(name).metrics) == {"mentions_rest", "length", "score", "pass"}
    assert adopted(name).judges == {}


def test_cells_of_older_tables_hold_the_grade(read: Any) -> None:
    """`[PASS] text`, and behind a failure's reason the text; an error has none."""
    sheet = (
        'situation,[north] kind,[south] kind\na,[PASS] Walk.,"[FAIL] too short\n---\nRest."\n'
        "b,[ERROR] overloaded,[PASS] Sit down.\n"
    )
    found = read(a_csv=sheet, without_scores=True)
    assert [(row.model, row.text) for row in found.rows] == [
        ("north", "Walk."), ("south", "Rest."), ("north", None), ("south", "Sit down."),
    ]  # fmt: skip
    assert found.rows[0].scenario_id == found.rows[1].scenario_id


def test_a_table_with_brackets_in_a_name_is_no_result(read: Any) -> None:
    """Grades beside the outputs, or in their cells, make it one."""
    from resources.adoption.rows import AdoptRejected

    with pytest.raises(AdoptRejected, match="no column model"):
        read(a_csv="situation,[x] y\na,b\n")
