"""Every kind of error about an option of a launch, as the code raises it, with the option that it is about."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.options import LaunchOptions
from core.benchmark.draw import draw
from core.benchmark.model import Endpoint, Model
from core.benchmark.names import experiment_name
from core.benchmark.options import select_models, validate_options
from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.records import check_baseline, judge_kind, parse_judge, split_baseline
from core.benchmark.render import render
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec, check_override
from core.expected_error import FieldError
from core.judging.rubric import Criterion, Rubric, Scale
from resources.catalog import Catalog
from resources.collect.judges import new_judges
from resources.collect.launch import check_anchors, check_shown
from resources.collect.pinning import check_prices
from resources.home import Home
from resources.lake.specs import Archived, pinned_spec
from resources.models.registry import check_keys

NAME = "tip-bench-a"
SERVER = Endpoint("remote", "http://127.0.0.1:1/v1", key_env="KEY")
REMOTE = Model("m", "openai", model="m", endpoint=SERVER)
UNSIZED = Model("u", "openai", model="u", endpoint=SERVER, local=True)
LARGE = Model("l", "openai", model="l", endpoint=SERVER, local=True, parameters_b=70.0)
PROMPT = Prompt("p", "1", "x", "chat", (PromptMessage("user", "{{ 1 / 0 }}"),))
RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("clear", "x"),))
CATALOG = Catalog({"m": REMOTE}, {"p@1": PROMPT}, {"r@1": RUBRIC}, ())
NOWHERE = Home(Path("nowhere"))
PINNED = Spec(
    experiment=NAME,
    source="run",
    options=Options(n_tips=1, models=("m",), prompts=("p",), rubric="r"),
    models=(REMOTE,),
    prompts=(PROMPT,),
    cells=((0, 0),),
    scenarios=(),
    rubric=RUBRIC,
    n_tips=1,
    temperature=0.0,
    seed=0,
    failures="worst",
    created_at="2026-01-01T00:00:00+00:00",
)


def _archived() -> None:
    raise Archived(f"{NAME} is archived", ("experiment",))


def _wrong(**given: Any) -> Callable[[], object]:
    return lambda: validate_options(NAME, Options(**given))


def _differs(**given: Any) -> Callable[[], object]:
    return lambda: check_override(PINNED, Options(**given))


_CASES: dict[str, list[Callable[[], object]]] = {
    "experiment": [lambda: experiment_name("x"), lambda: pinned_spec(NOWHERE, NAME), _archived],
    "models": [
        _wrong(models=()),
        _differs(models=("other",)),
        lambda: CATALOG.pick_models(["n"]),
        lambda: CATALOG.pick_models(["m", "m"]),
        lambda: check_keys([REMOTE], {}),
        lambda: check_keys([REMOTE], {"KEY": "two words, a model's"}),
    ],
    "prompts": [
        _wrong(prompts=("p", "")),
        _differs(prompts=("other",)),
        lambda: CATALOG.pick_prompts(["n"]),
        lambda: CATALOG.pick_prompts(["p", "p@1"]),
        lambda: render(PROMPT, Scenario("s", None, None, {}), "chat"),
    ],
    "rubric": [_differs(rubric="other"), lambda: CATALOG.rubric("n")],
    "n_tips": [_wrong(n_tips=0), _differs(n_tips=2)],
    "n_scenarios": [_wrong(n_scenarios=0), lambda: draw((), 1, 0)],
    "temperature": [_wrong(temperature=math.nan)],
    "seed": [_wrong(seed=-1)],
    "max_model_b": [
        _wrong(max_model_b=-1.0),
        lambda: select_models([UNSIZED], 8, {}, {}),
        lambda: select_models([LARGE], 8, {}, {}),
    ],
    "max_cost": [_wrong(max_cost=math.inf), lambda: check_prices(PINNED)],
    "max_judge_cost": [_wrong(max_judge_cost=-1.0)],
    "failures": [_wrong(failures="none"), lambda: LaunchOptions(failures="none").options()],
    "extends": [_wrong(extends="x"), _wrong(extends=NAME), lambda: pinned_spec(NOWHERE, NAME, ("extends",))],
    "anchors": [
        _wrong(anchors=1.5),
        lambda: check_anchors(Options(anchors=0.2), None),
        lambda: check_anchors(Options(anchors=0.2), PINNED),
        lambda: check_shown(Options(anchors=0.2, extends=NAME), ["x"], {"x": "program", "anna": "human"}),
    ],
    "baseline": [lambda: split_baseline("x"), lambda: check_baseline([("m", "p")], ("m", "q"))],
    "judges": [
        lambda: parse_judge("!"),
        lambda: parse_judge("x=robot"),
        lambda: parse_judge("x=comparison"),
        lambda: judge_kind("x", "human", {"x": "agent"}),
        lambda: new_judges([("x", "program")], {}, "me", "now"),
    ],
}

OPTION_ERRORS = [
    pytest.param(raising, field, id=f"{field}-{number}")
    for field, cases in _CASES.items()
    for number, raising in enumerate(cases, 1)
]
"""What raises an error, and the option that the error is about."""


def raised_by(raising: Callable[[], object]) -> FieldError:
    """Return the error that is raised."""
    with pytest.raises(FieldError) as raised:
        raising()
    return raised.value


def kinds() -> set[type[FieldError]]:
    """Return the classes of all of them."""
    return {type(raised_by(raising)) for cases in _CASES.values() for raising in cases}
