"""What a model judge would still be asked, and its ceiling."""

import msgspec
import pytest

from core.benchmark.options import OptionError
from core.benchmark.records import definitions_of
from core.benchmark.spec import Options
from core.judging.model_judges.ceiling import judge_ceiling_of
from resources.collect.launch import draft, launch
from resources.judging.anchors import plan_judging
from resources.judging.model_judges.trial_records import note_trial
from resources.lake.leaderboards import read_published
from resources.lake.runs import read_runs
from resources.lake.specs import read_records
from tests.resources.collect.conftest import Project, chat
from tests.resources.judging.model_judges.conftest import scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, run, trial_of


def price(project: Project, per_million: float) -> None:
    """Give the judge's model a price, in and out."""
    models = project.folder / "catalog" / "models.toml"
    prices = f'name = "good"\nprice_in = {per_million}\nprice_out = {per_million}'
    models.write_text(models.read_text().replace('name = "good"', prices))


def small_under(ceiling: float) -> Options:
    """The small experiment under a ceiling on judging."""
    return msgspec.structs.replace(SMALL, max_judge_cost=ceiling)


def test_the_plan_says_what_is_left_to_judge_and_for_how_much(judged: Project) -> None:
    """Before anything is written all tips, afterwards none; a price that is not known is said."""
    spec = draft(judged.bench, NAME, SMALL)
    (unpriced,) = plan_judging(judged.bench, spec, 8, ["luna"])
    assert (unpriced.new, unpriced.of, unpriced.requests, unpriced.cost) == (8, 8, 8, None)
    assert "8 of 8 to judge, the price not known" in unpriced.in_words
    assert (unpriced.trial_requests, unpriced.trial_cost) == (13, None)
    alone = msgspec.structs.replace(spec, scenarios=spec.scenarios[:1])
    (one,) = plan_judging(judged.bench, alone, 2, ["luna"])
    assert one.trial_requests == 2 + 4, "no tip of another situation is planted where there is one alone"
    price(judged, 1.0)
    (priced,) = plan_judging(judged.bench, spec, 8, ["luna"])
    assert priced.cost is not None
    assert 8 * 400 / 1e6 < priced.cost < 8 * (400 + 2_000) / 1e6
    assert priced.trial_cost == pytest.approx(priced.cost * 13 / 8)
    assert "before that its trial, 13 more requests, at most about" in priced.in_words
    run(judged.bench, ("luna",), SMALL)
    (after,) = plan_judging(judged.bench, spec, 8)
    assert (after.new, after.cost, after.trial_requests, after.trial_cost) == (0, 0.0, 0, 0.0)
    definition = definitions_of(read_records(judged.bench.home, NAME))["luna"]
    note_trial(judged.bench.home, spec, definition, trial_of("luna", "luna-3", seconds=900.0))
    (slow,) = plan_judging(judged.bench, draft(judged.bench, "tip-bench-other", SMALL), 8, ["luna"])
    endpoint = definition.model.endpoint
    assert endpoint is not None
    assert slow.hours == pytest.approx(8 * 900 / min(8, endpoint.concurrency) / 3600)
    assert "by what an answer took in its trial" in slow.in_words
    assert after.hours is None


def test_judging_stops_before_its_own_ceiling_and_goes_on_under_a_higher_one(judged: Project) -> None:
    """Nothing is published meanwhile, nothing is paid twice, and the run's record has judging apart."""
    price(judged, 1_000.0)
    status, body = chat(scored())
    body["usage"] = {"prompt_tokens": 1_000, "completion_tokens": 1_000}
    judged.endpoint.answers["good"] = lambda _: (status, body)
    result = run(judged.bench, ("luna",), small_under(3.0))
    assert result.collected is not None
    assert "stopped at the ceiling max_judge_cost" in (result.collected.left or "")
    assert read_published(judged.bench.home, NAME) is None
    before = judged.endpoint.got["good"]
    assert run(judged.bench, (), Options(max_judge_cost=1_000.0)).passed
    (last,) = read_runs(judged.bench.home, NAME)
    assert judged.endpoint.got["good"] <= 8
    assert last.cost == 0
    assert last.judged == last.to_judge == judged.endpoint.got["good"] - before
    assert last.judge_cost == pytest.approx(judged.endpoint.got["good"] * 2.0)
    assert judge_ceiling_of(read_records(judged.bench.home, NAME)) == 1_000.0


def test_a_ceiling_that_could_not_hold_is_refused(judged: Project) -> None:
    """A judge whose model has no price, named with the ceiling or after it, in a sentence."""
    with pytest.raises(OptionError, match="max_judge_cost: the price of good of judge luna is not known"):
        launch(judged.bench, NAME, small_under(1.0), ["luna"], by_default=True)
    launch(judged.bench, NAME, small_under(1.0), by_default=True)
    with pytest.raises(OptionError, match="max_judge_cost"):
        launch(judged.bench, NAME, Options(), ["luna"], by_default=True)
