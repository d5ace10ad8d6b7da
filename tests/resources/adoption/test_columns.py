from typing import Any

import pytest

from resources.adoption.columns import missing, nest_scores, settle_scenarios, value_at

ROW = {"a": {"b.c": [{"d": 1}, 2], "e": '{"f": 3}'}, "x.y": 4, "z": None}


def test_a_path_leads_into_objects_lists_and_json_in_cells() -> None:
    """Names with dots in them come first."""
    assert value_at(ROW, "x.y") == 4
    assert value_at(ROW, "a.b.c.0.d") == 1
    assert value_at(ROW, "a.b.c.1") == 2
    assert value_at(ROW, "a.e.f") == 3
    assert value_at(ROW, "z") is None


@pytest.mark.parametrize("path", ["b", "a.x", "a.b.c.2", "a.b.c.x", "x.y.z", "a.e.f.g", "", "."])
def test_a_path_that_leads_nowhere_is_an_error(path: str) -> None:
    """Whatever part of it is not there."""
    with pytest.raises(KeyError):
        value_at(ROW, path)


def test_scenarios_get_ids_by_what_they_say() -> None:
    """Where a tool gives none, or one for several; equal ones have equal ids."""
    rows: list[dict[str, Any]] = [
        {"scenario": {"q": 1}}, {"scenario": {"q": 1}}, {"scenario": "x"},
        {"scenario": "a", "scenario_id": 1}, {"scenario": "b", "scenario_id": 1}, {"scenario": "c", "scenario_id": 2},
    ]  # fmt: skip
    settle_scenarios(rows)
    ids = [row["scenario_id"] for row in rows]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5
    assert ids[5] == 2
    assert all(str(own).startswith("s-") for own in ids[:5])


def test_columns_of_scores_become_one_object() -> None:
    """A criterion's name may hold dots, as the rubric knows."""
    columns = {"text": "x", "scores": '{"bo": {"k": 1}}', "score.an.na.k": 2, "score.bo.l.m": 3}
    assert nest_scores(columns, ("k", "l.m")) == {"text": "x", "scores": {"bo": {"k": 1, "l.m": 3}, "an.na": {"k": 2}}}


def test_what_is_missing_comes_with_what_to_do() -> None:
    """A model or prompt may be the same for all rows."""
    assert missing(["model", "text"]).endswith("give it with --set model=NAME")
    assert missing(["text"]) == "no column text; name it with --map THEIRS=text"
