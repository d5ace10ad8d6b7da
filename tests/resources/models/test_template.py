from contracts.benchmark.models import ModelRequest
from core.benchmark.scenario import Scenario
from resources.models.template import TemplateClient
from tests.resources.models.tip_requests import answers_of, tip_request


def _template(*requests: ModelRequest) -> list[str | None]:
    return [answer.text for answer in answers_of(TemplateClient(lambda _: None), *requests)]


def test_the_baseline_repeats_itself_and_varies_by_all_that_is_asked() -> None:
    """Equal requests give equal tips; over seeds, prompts, scenarios and tips there are many."""
    assert _template(tip_request(1)) == _template(tip_request(1))
    other = Scenario("t", "sleep", "en", {"situation": "y"})
    for variants in (
        [tip_request(seed=n) for n in range(12)],
        [tip_request(prompt=f"p{n}") for n in range(12)],
        [tip_request(tip_index=n) for n in range(12)],
        [tip_request(scenario=Scenario(f"s{n}", "work", "en", {"situation": "x"})) for n in range(12)],
    ):
        assert len(set(_template(*variants))) >= 4
    assert _template(tip_request(scenario=other)) != _template(tip_request())


def test_an_unknown_area_still_gets_a_tip() -> None:
    """A scenario without an area, or with one of the user's own, is answered."""
    for area in (None, "gardening"):
        (text,) = _template(tip_request(scenario=Scenario("s", area, None, {"text": "x"})))
        assert text
