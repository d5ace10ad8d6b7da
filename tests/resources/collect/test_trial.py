"""One prompt, one scenario, one model, outside any experiment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.benchmark.trials import TrialRequest
from contracts.refusals import Conflict, InProgress, InvalidInput
from resources.bench_context import BenchContext
from resources.collect.bounded.vetting import PromptVetting
from resources.collect.trial import PromptTrials
from tests.deadline import DEADLINE_S
from tests.resources.collect.conftest import Endpoint, Project, chat, error

FRONT = '+++\nname = "draft"\nversion = "1"\ndescription = ""\nmode = "chat"\nmax_tokens = 10\n+++\n'
TEXT = FRONT + "## user\n{{ situation }}\n"


@pytest.fixture
def paid(project: Project) -> BenchContext:
    """A project with a model of known prices and one whose prices nobody knows."""
    project.write("paid", "unpriced", price_in="1.0", price_out="2.0")
    models = project.folder / "catalog" / "models.toml"
    priced, _, unpriced = models.read_text().partition('name = "unpriced"')
    models.write_text(priced + 'name = "unpriced"' + unpriced.partition("price_in")[0])
    return project.bench


def _request(**given: object) -> TrialRequest:
    return TrialRequest(**{"model": "paid", "prompt": "terse", **given})  # type: ignore[arg-type]  # as each test says


def test_the_cost_is_said_before_and_after(paid: BenchContext, endpoint: Endpoint) -> None:
    """An upper estimate before anything is sent; the answer's own tokens afterwards; nothing is kept."""
    trials, first = PromptTrials(paid), paid.catalog().scenarios[0]
    plan = trials.plan(_request(scenario=first.id))
    assert (plan.model, plan.prompt.partition("@")[0], plan.scenario) == ("paid", "terse", first.id)
    assert plan.cost == pytest.approx((plan.tokens_in * 1.0 + plan.tokens_out * 2.0) / 1e6)
    assert first.data["situation"] in plan.messages[-1].content
    assert endpoint.got.total() == 0
    answer = trials.ask(_request(scenario=first.id), plan.cost)
    assert (answer.kind, answer.tip, answer.raw) == ("text", "Walk home.", "Walk home.")
    assert answer.cost == pytest.approx((7 * 1.0 + 3 * 2.0) / 1e6)
    assert endpoint.got.total() == 1
    assert paid.home.experiments() == []


def test_a_text_is_tried_before_it_is_added(paid: BenchContext) -> None:
    """It stands in no catalog before or after; what is wrong with it is about the text."""
    trials = PromptTrials(paid)
    plan = trials.plan(_request(prompt=None, text=TEXT))
    assert (plan.prompt, plan.tokens_out) == ("draft@1", 10)
    assert trials.ask(_request(prompt=None, text=TEXT), None).tip == "Walk home."
    assert "draft@1" not in paid.catalog().prompts
    with pytest.raises(InvalidInput) as refused:
        trials.plan(_request(prompt=None, text="nothing"))
    assert refused.value.path == ("text",)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"model": "nobody"}, ("model",)),
        ({"prompt": "nothing"}, ("prompt",)),
        ({"prompt": None}, ("prompt",)),
        ({"scenario": "nowhere"}, ("scenario",)),
        ({"temperature": 9.0}, ("temperature",)),
        ({"temperature": float("nan")}, ("temperature",)),
        ({"seed": -1}, ("seed",)),
    ],
)
def test_what_is_wrong_names_its_field(paid: BenchContext, given: dict[str, object], path: tuple[str, ...]) -> None:
    """As the trial calls it."""
    with pytest.raises(InvalidInput) as refused:
        PromptTrials(paid).plan(_request(**given))
    assert refused.value.path == path


def test_a_failing_server_is_an_answer(paid: BenchContext, endpoint: Endpoint) -> None:
    """Its words are said, and no tip."""
    endpoint.answers["paid"] = lambda _: error(401, "who are you")
    answer = PromptTrials(paid).ask(_request(), None)
    assert (answer.kind, answer.tip, answer.raw) == ("misconfigured", None, None)
    assert "who are you" in (answer.error or "")


def test_nothing_is_paid_beyond_what_was_agreed_to(paid: BenchContext, endpoint: Endpoint) -> None:
    """A price that has risen since, or is not known, is a Conflict, and nothing is sent."""
    trials = PromptTrials(paid)
    with pytest.raises(Conflict, match="look at it once more"):
        trials.ask(_request(), 1e-9)
    with pytest.raises(Conflict, match="nobody knows"):
        trials.ask(_request(model="unpriced"), 1.0)
    assert endpoint.got.total() == 0


def test_only_so_many_are_asked_at_once(paid: BenchContext, endpoint: Endpoint) -> None:
    """One more is told that others are; afterwards there is room again."""
    arrived, answered = threading.Semaphore(0), threading.Event()

    def slow(_: object) -> tuple[int, object]:
        arrived.release()
        answered.wait(DEADLINE_S)
        return chat()

    endpoint.answers["paid"] = slow
    trials = PromptTrials(paid, most=1)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(trials.ask, _request(), None)
        assert arrived.acquire(timeout=DEADLINE_S)
        with pytest.raises(InProgress):
            trials.ask(_request(), None)
        answered.set()
        assert answer.result().kind == "text"
    assert trials.ask(_request(), None).kind == "text"


def test_an_answer_that_takes_too_long_is_said_to_be_paid(paid: BenchContext) -> None:
    """Before the request itself would end, so that whoever asked learns of it."""
    answer = PromptTrials(paid, longest_s=0.0).ask(_request(), None)
    assert (answer.kind, answer.cost) == ("transient", None)
    assert answer.error is not None
    assert "may be paid" in answer.error


@pytest.mark.parametrize("template", ["{{ 9**(9**9) }}", "{{ ('a' * 10**9)|length }}"])
def test_a_text_that_is_too_heavy_to_render_is_refused(paid: BenchContext, endpoint: Endpoint, template: str) -> None:
    """It is rendered beside before it is here, and nothing is sent."""
    trials = PromptTrials(replace(paid, vet=PromptVetting(cpu_s=1)))
    for call in (trials.plan, lambda request: trials.ask(request, None)):
        with pytest.raises(InvalidInput, match="takes more than 1 s") as refused:
            call(_request(prompt=None, text=TEXT.replace("{{ situation }}", template)))
        assert refused.value.path == ("prompt",)
    assert endpoint.got.total() == 0


@pytest.mark.slow
def test_an_embedded_model_is_asked_beside(project: Project) -> None:
    """Its answer is cut and said as any other, and its weights were never here."""
    models = project.folder / "catalog" / "models.toml"
    models.write_text('[[models]]\nname = "small"\nprovider = "embedded"\napi = "completion"\nthreads = 1\n')
    answer = PromptTrials(project.bench, longest_s=DEADLINE_S).ask(_request(model="small", prompt="continue"), None)
    assert (answer.kind, answer.error) == ("text", None)
    assert answer.raw
    assert "gemma" not in Path("/proc/self/maps").read_text()
