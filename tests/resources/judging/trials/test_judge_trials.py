"""A judge is tried on an experiment before it is on record there; what it answers is paid once and read again."""

import json

import pytest

from core.benchmark.options import OptionError
from core.benchmark.records import definitions_of, judges_of
from resources.judging.trials.judge_trials import try_judge
from resources.lake.specs import read_records
from tests.resources.collect.conftest import Project, chat, error
from tests.resources.judging.model_judges.conftest import discerning, scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run


def test_a_trial_comes_before_the_record_and_a_run_pays_for_the_rest_alone(judged: Project) -> None:
    """The prompt, every raw answer and the noise are shown; the run that records the judge asks nothing twice."""
    assert run(judged.bench, ("heuristics",), SMALL).passed
    judged.endpoint.answers["good"] = discerning
    found = try_judge(judged.bench, NAME, "luna")
    assert found.trial is not None
    assert (found.stop, found.held, found.is_new) == (None, None, True)
    assert found.items[0].tip in found.prompt
    assert [len(item.raw) for item in found.items] == [2] * found.trial.items
    assert json.loads(found.items[0].raw[0])["reason"] == "It fits."
    assert found.trial.noise == 0
    assert "luna" not in judges_of(read_records(judged.bench.home, NAME))
    paid = judged.endpoint.got["good"]
    again = try_judge(judged.bench, NAME, "luna")
    assert not again.is_new
    assert again.items == found.items
    assert judged.endpoint.got["good"] == paid
    assert run(judged.bench, ("luna",), tried=False).passed
    assert judged.endpoint.got["good"] == paid, "all tips were in the trial"
    assert [row.judge_noise for row in rows_of(judged.bench)] == [0, 0]
    assert try_judge(judged.bench, NAME, "luna").rest.new == 0


def test_one_that_is_stopped_goes_on_anyway_by_a_record(judged: Project) -> None:
    """The reason is in one sentence, again at every look, until it is said to go on."""
    run(judged.bench, ("heuristics",), SMALL)
    judged.endpoint.answers["good"] = lambda _: chat(scored(5))
    first = try_judge(judged.bench, NAME, "luna")
    assert first.stop is not None
    assert try_judge(judged.bench, NAME, "luna").stop == first.stop
    assert try_judge(judged.bench, NAME, "luna", anyway=True).stop is None
    assert run(judged.bench, ("luna",), tried=False).passed
    assert "luna" in definitions_of(read_records(judged.bench.home, NAME))


def test_a_trial_without_an_end_says_why(judged: Project) -> None:
    """A model that is not there; the next one goes on."""
    run(judged.bench, ("heuristics",), SMALL)
    judged.endpoint.answers["good"] = lambda _: error(404, "no such model")
    found = try_judge(judged.bench, NAME, "luna")
    assert found.trial is None
    assert "no such model" in (found.held or "")
    judged.endpoint.answers["good"] = discerning
    assert try_judge(judged.bench, NAME, "luna").trial is not None


def test_what_cannot_be_tried_is_refused(judged: Project) -> None:
    """A judge that is none of the catalog."""
    run(judged.bench, ("heuristics",), SMALL)
    with pytest.raises(OptionError, match="robert is no judge of the catalog"):
        try_judge(judged.bench, NAME, "robert")
