"""Options: ranges, defaults and the size limit."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from core.benchmark.model import Endpoint, Model
from core.benchmark.options import OptionError, select_models, validate_options, with_defaults
from core.benchmark.spec import Options
from core.expected_error import FieldError

NAME = "tip-bench-a"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"n_tips": 0}, "n_tips is 0"),
    ({"n_tips": 1001}, "n_tips is 1001"),
    ({"temperature": -0.1}, "temperature is -0.1"),
    ({"temperature": math.nan}, "temperature is nan"),
    ({"seed": 2**31}, "seed"),
    ({"max_cost": math.inf}, "max_cost is inf"),
    ({"models": ()}, "models is empty"),
    ({"prompts": ("a", "")}, "prompts is empty"),
    ({"n_tips": 10**9}, "n_tips is 1000000000: use a number from 1 to 1000"),
    ({"extends": NAME}, "the experiment itself"),
    ({"anchors": 1.1, "extends": "tip-bench-b"}, "anchors is 1.1: use a number from 0 to 1"),
    ({"extends": "../.."}, "extends is '../..'"),
]


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_what_is_out_of_range_is_named(given: dict[str, Any], said: str) -> None:
    """The message names the option, its value and what it may be."""
    with pytest.raises(OptionError, match=said):
        validate_options(NAME, Options(**given))


NUMBERS = st.none() | st.integers(-3, 3) | st.sampled_from([10**12, 2.5, math.nan, math.inf])
ENTRIES = st.none() | st.lists(st.sampled_from(["a", "b", ""]), max_size=2).map(tuple)
TEXTS = st.sampled_from([None, "worst", "x", "template/terse", NAME, "tip-bench-b", ""])
FIELDS = st.fixed_dictionaries(
    dict.fromkeys(("n_tips", "n_scenarios", "temperature", "seed", "max_model_b", "max_cost", "anchors"), NUMBERS)
    | dict.fromkeys(("models", "prompts"), ENTRIES)
    | dict.fromkeys(("failures", "extends", "baseline", "rubric"), TEXTS)
)


def _error_of(options: Options) -> FieldError | None:
    try:
        validate_options(NAME, options)
    except FieldError as error:
        return error
    return None


@drawn(FIELDS)
def test_the_field_of_an_error_is_the_one_to_blame(given: dict[str, Any]) -> None:
    """It has a value, the sentence names it, and without that value no error is about it."""
    options = Options(**given)
    blamed: list[str] = []
    while (error := _error_of(options)) is not None:
        (field,) = error.path
        assert getattr(options, field) is not None
        assert field in str(error)
        assert field not in blamed
        blamed.append(field)
        options = msgspec.structs.replace(options, **{field: None})
    assert {field for field in given if given[field] is not None and getattr(options, field) is None} == set(blamed)


def test_edges_are_fine_and_defaults_fill_only_gaps() -> None:
    """Both ends of each range pass; a given 0 is not replaced by a default."""
    for given in ({"n_tips": 1}, {"temperature": 0}, {"temperature": 2}, {"seed": 2**31 - 1}, {"max_cost": 0}):
        validate_options(NAME, Options(**given))  # type: ignore[arg-type]  # numbers of the right kind
    assert with_defaults(Options(temperature=0), Options(temperature=0.7, n_tips=3)) == Options(temperature=0, n_tips=3)


LOCAL = Endpoint(name="ollama", base_url="http://127.0.0.1:1/v1")
BIG = Model("big", "openai", model="big", endpoint=LOCAL, local=True, parameters_b=70)
REMOTE = Model("remote", "openai", model="x", endpoint=LOCAL)
UNSIZED = Model("unsized", "openai", model="u", endpoint=LOCAL, local=True)
TEMPLATE = Model("template", "template", local=True)
TAPE = Model("tape", "tape", source="big", tape="t", source_model=BIG)


def test_a_limit_skips_large_local_models_and_exempts_the_rest() -> None:
    """Remote models stay, the template has 0, a tape is as large as its source."""
    known = {"big": BIG}
    chosen, skipped = select_models([BIG, REMOTE, TEMPLATE, TAPE], 8, {}, known)
    assert [model.name for model in chosen] == ["remote", "template"]
    assert [(entry.model, entry.parameters_b) for entry in skipped] == [("big", 70), ("tape", 70)]
    assert select_models([BIG], 70, {}, known)[1] == ()
    assert select_models([BIG], None, {}, known) == ((BIG,), ())


def test_a_reported_size_counts_before_the_catalogs_and_an_unknown_one_is_refused() -> None:
    """What the server lists wins; a local model without any size cannot be judged by a limit."""
    assert select_models([BIG], 8, {"big": 3.2}, {})[0] == (BIG,)
    with pytest.raises(OptionError, match="unsized is not known"):
        select_models([UNSIZED, TEMPLATE], 8, {}, {})
    with pytest.raises(OptionError, match="leaves no model"):
        select_models([BIG], 8, {}, {})
