from typing import Any

import pytest

from resources.adoption.rows import AdoptRejected

NAMED = {"model": "north", "prompt": "kind"}


@pytest.mark.parametrize("name", ["deepeval_run.json", "deepeval_results.json", "deepeval_data.csv"])
def test_cases_of_every_file_are_outputs(adopted: Any, name: str) -> None:
    """A test run, dumped results and a data set; options win over what a run says."""
    found = adopted(name, sets=NAMED)
    assert found.tools == ["deepeval"]
    assert {(row.model, row.prompt) for row in found.rows} == {("north", "kind")}
    assert [row.text for row in found.rows] == [f"Walk, then rest ({n})." for n in (1, 2, 3)]
    assert found.rows[0].scenario == {"text": "I cannot sleep, case 1"}
    assert len({row.scenario_id for row in found.rows}) == 3


def test_a_run_names_model_and_prompt(adopted: Any) -> None:
    """As hyperparameters; seconds are milliseconds here, and the case's cost is the tip's."""
    found = adopted("deepeval_run.json")
    assert found.titles == {("north", "You-are-kind.-Give-one-tip"): "You are kind.\nGive one tip."}
    (first, *_) = found.rows
    assert (first.latency_ms, first.cost, first.tokens_in, first.tokens_out) == (800, 0.0004, 20, 10)


def test_others_need_them(adopted: Any) -> None:
    """The hint says how to give both."""
    with pytest.raises(AdoptRejected, match="--set model=NAME --set prompt=NAME"):
        adopted("deepeval_data.csv")


@pytest.mark.parametrize("name", ["deepeval_run.json", "deepeval_results.json"])
def test_metrics_are_a_models_scores(adopted: Any, rubric_of: Any, name: str) -> None:
    """By name, whatever capitals and blanks are in it; whether one was reached is its own."""
    found = adopted(
        name, sets=NAMED, rubric=rubric_of("answer_relevancy", "kindness-geval", "answer_relevancy.success")
    )
    assert found.judges == {"deepeval": "model"}
    assert found.rows[2].scores == {
        "deepeval": {"answer_relevancy": 0.25, "kindness-geval": 0.9, "answer_relevancy.success": 0.0}
    }
