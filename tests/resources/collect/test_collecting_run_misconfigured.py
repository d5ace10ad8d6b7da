"""A set-up error never becomes a score: the model stops, its generations stay open, and it goes on once mended."""

from typing import Any

import pytest

from core.benchmark.records import ModelAmended, TransportRecord
from core.benchmark.spec import Options
from resources.collect.collecting_run import collect_experiment
from resources.collect.collector import Collected
from resources.collect.launch import launch
from resources.collect.model_changes import sentences
from resources.collect.planning import plan_of
from resources.judging.import_export import take_scores
from resources.lake.candidates import candidates
from resources.lake.specs import pinned_spec, read_records
from resources.scoring.checking import complete, failures
from resources.scoring.computing import compute
from tests.resources.collect.conftest import chat, error

NAME = "tip-bench-open"
OPTIONS = Options(models=("good", "bad"), prompts=("terse",), n_tips=1, n_scenarios=9)


def _collect(project: Any, options: Options = OPTIONS, name: str = NAME, **how: Any) -> Collected:
    spec = launch(project.bench, name, options, ["heuristics"], by_default=True)
    return collect_experiment(project.bench, spec, run_id="r", **{"accept": False, **how})


def _outcomes(project: Any, model: str, name: str = NAME) -> list[str]:
    table = candidates(project.bench.home, name).table(["model", "outcome"]).to_pylist()
    return [row["outcome"] for row in table if row["model"] == model]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "invalid_api_key"),
        (402, None),
        (403, None),
        (404, "model_not_found"),
        (400, "unsupported_parameter"),
        (429, "insufficient_quota"),
    ],
)
def test_a_model_that_is_turned_down_stops_and_stays_open(project: Any, status: int, code: str | None) -> None:
    """At most three requests; the other model is collected; the sentence has the server's words."""
    project.endpoint.answers["bad"] = lambda _: error(status, "this is not set up", code)
    found = _collect(project)
    assert (found.done, found.left, found.failed, found.misconfigured > 0) == (9, 9, 0, True)
    assert project.endpoint.got["bad"] <= 3
    assert project.endpoint.most["bad"] <= 3
    assert project.endpoint.got["good"] == 9
    assert f"model bad is not set up right: far answered {status}: this is not set up" in found.sentence()
    assert _outcomes(project, "bad") == []
    check = complete(project.bench, pinned_spec(project.bench.home, NAME))
    assert (check.passed, check.numbers["misconfigured"] > 0) == (False, True)


def test_it_goes_on_with_the_same_command_once_the_server_takes_it(project: Any) -> None:
    """Nothing that was collected is asked again."""
    project.endpoint.answers["bad"] = lambda _: error(401)
    _collect(project)
    project.endpoint.answers["bad"] = lambda _: chat()
    found = _collect(project)
    assert (found.left, found.failed, found.misconfigured) == (0, 0, 0)
    assert project.endpoint.got["good"] == 9
    assert _outcomes(project, "bad") == ["text"] * 9


def test_a_mended_entry_takes_the_pinned_ones_place(project: Any) -> None:
    """While nothing of the model is final; it is on record, said, and the other model's answers stay."""
    project.endpoint.answers["bad"] = lambda body: (
        error(400, "max_tokens is not supported") if "max_tokens" in body else chat()
    )
    _collect(project)
    project.write("good", "bad", max_tokens_field='"max_completion_tokens"')
    found = _collect(project)
    changes = [record for record in read_records(project.bench.home, NAME) if isinstance(record, ModelAmended)]
    assert [change.model.name for change in changes] == ["bad"]
    assert "mended catalog entry" in sentences(changes)[0]
    assert (found.left, found.failed) == (0, 0)
    spec = pinned_spec(project.bench.home, NAME)
    assert [model.max_tokens_field for model in spec.models] == ["max_tokens", "max_completion_tokens"]
    assert project.endpoint.got["good"] == 9


def test_an_entry_of_a_model_that_answered_is_never_replaced(project: Any) -> None:
    """One final generation is enough: what is pinned stays pinned."""
    count = iter(range(100))
    project.endpoint.answers["bad"] = lambda _: chat() if next(count) < 2 else error(401)
    _collect(project)
    project.write("good", "bad", max_tokens_field='"max_completion_tokens"')
    _collect(project)
    assert pinned_spec(project.bench.home, NAME).models[1].max_tokens_field == "max_tokens"


def test_after_a_first_text_a_400_is_about_its_input(project: Any) -> None:
    """It is a final failure of that tip, also where it came before the text; the model goes on."""
    count = iter(range(100))
    project.endpoint.answers["bad"] = lambda _: error(400, "this input is odd") if next(count) in {0, 4} else chat()
    found = _collect(project)
    assert (found.left, found.failed) == (0, 2)
    assert sorted(_outcomes(project, "bad")) == ["failed"] * 2 + ["text"] * 7


def test_after_texts_a_401_still_stops_the_model(project: Any) -> None:
    """A key that is withdrawn halfway leaves the rest open."""
    count = iter(range(100))
    project.endpoint.answers["bad"] = lambda _: chat() if next(count) < 4 else error(401)
    found = _collect(project)
    assert 0 < found.left < 9
    assert set(_outcomes(project, "bad")) == {"text"}


def test_where_a_model_is_reached_is_todays_and_on_record(project: Any) -> None:
    """A moved server is asked without a new experiment and without one repeated request."""
    project.endpoint.answers["bad"] = lambda _: error(503)
    _collect(project)
    moved = project.endpoint.url.replace("127.0.0.1", "localhost")
    project.write("good", "bad", url=moved, more="concurrency = 2")
    project.endpoint.answers["bad"] = lambda _: chat()
    found = _collect(project)
    assert found.left == 0
    assert project.endpoint.got["good"] == 9
    records = [record for record in read_records(project.bench.home, NAME) if isinstance(record, TransportRecord)]
    assert [(record.model, record.endpoint.base_url) for record in records] == [("good", moved), ("bad", moved)]
    assert moved in sentences(records)[0]
    _collect(project)
    assert len([r for r in read_records(project.bench.home, NAME) if isinstance(r, TransportRecord)]) == 2


def test_accepted_set_up_errors_are_no_score(project: Any) -> None:
    """The cell has neither score nor rank; the other one is ranked alone."""
    project.endpoint.answers["bad"] = lambda _: error(401)
    found = _collect(project, accept=True)
    assert (found.left, found.failed) == (0, 9)
    assert _outcomes(project, "bad") == ["misconfigured"] * 9
    spec = pinned_spec(project.bench.home, NAME)
    take_scores(project.bench, spec)
    good, bad = compute(project.bench, spec).rows
    assert good.score is not None
    assert (bad.score, bad.rank_low, bad.n_failed, bad.n_misconfigured) == (None, None, 0, 9)
    assert not failures(project.bench, spec).passed


def test_failures_can_be_asked_for_again(project: Any) -> None:
    """Final failures, blank answers and accepted ones; texts are not paid again."""
    count = iter(range(100))
    project.endpoint.answers["bad"] = lambda _: [chat(), error(400), chat("  ")][min(next(count), 2)]
    found = _collect(project)
    assert (found.left, found.failed) == (0, 8)
    assert _collect(project).failed == 8
    project.endpoint.answers["bad"] = lambda _: chat()
    spec = pinned_spec(project.bench.home, NAME)
    for retry, due in ((False, [0, 0]), (True, [0, 8])):
        plan = plan_of(project.bench.home, spec, retry=retry)
        assert [cell.to_ask for cell in plan.cells] == due
        assert (plan.journaled, plan.cells[1].tokens_out > 0) == (18 - sum(due), retry)
    found = _collect(project, retry=True)
    assert (found.left, found.failed) == (0, 0)
    assert project.endpoint.got == {"good": 9, "bad": 17}


def test_what_failed_is_not_taken_over(project: Any) -> None:
    """An experiment that extends another takes its texts and refusals and asks for the rest."""
    count = iter(range(100))
    project.endpoint.answers["bad"] = lambda _: [chat(), error(400)][min(next(count), 1)]
    _collect(project)
    project.endpoint.answers["bad"] = lambda _: chat()
    found = _collect(
        project,
        Options(extends=NAME, **{f: getattr(OPTIONS, f) for f in ("models", "prompts", "n_tips", "n_scenarios")}),
        "tip-bench-next",
    )
    assert (found.taken_over, found.left, found.failed) == (10, 0, 0)


def test_a_tip_that_ran_out_of_tokens_is_counted(project: Any) -> None:
    """In the report of the run and in its row of the leaderboard."""
    project.endpoint.answers["bad"] = lambda _: chat("Put your phone in the kitchen and then", "length")
    found = _collect(project)
    assert found.cut == 9
    spec = pinned_spec(project.bench.home, NAME)
    take_scores(project.bench, spec)
    assert {row.model: row.n_cut for row in compute(project.bench, spec).rows} == {"good": 0, "bad": 9}
