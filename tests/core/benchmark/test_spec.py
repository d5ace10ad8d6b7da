from collections.abc import Callable

import msgspec
import pytest

from core.benchmark.spec import Options, Spec, SpecMismatch, check_override


def test_a_spec_survives_json(make_spec: Callable[..., Spec]) -> None:
    """What is pinned reads back equal."""
    spec = make_spec()
    assert msgspec.json.decode(msgspec.json.encode(spec), type=Spec) == spec


def test_options_not_given_agree_with_any_pin(make_spec: Callable[..., Spec]) -> None:
    """Running again without options is no mismatch."""
    assert check_override(make_spec(), Options()) == make_spec()


def test_a_differing_option_names_field_and_both_values(make_spec: Callable[..., Spec]) -> None:
    """The error says which field, what is pinned, what was asked, and the way out."""
    with pytest.raises(SpecMismatch, match=r"n_tips=2, and n_tips=9 differs.*extends=tip-bench-small"):
        check_override(make_spec(), Options(n_tips=9))


def test_baseline_and_ceiling_are_not_pinned(make_spec: Callable[..., Spec]) -> None:
    """Append-only options never contradict the pin."""
    assert check_override(make_spec(), Options(baseline="template/plain", max_cost=1.0)) == make_spec()


def test_a_prompt_and_a_rubric_may_be_named_with_their_version(make_spec: Callable[..., Spec]) -> None:
    """NAME and NAME@VERSION of what is pinned agree with the pin; another version or order does not."""
    pinned = make_spec(options=Options(prompts=("plain",), rubric="tips"))
    assert check_override(pinned, Options(prompts=("plain@1",), rubric="tips@1")) == pinned
    for other in (Options(prompts=("plain@2",)), Options(prompts=("plain", "plain")), Options(rubric="tips@2")):
        with pytest.raises(SpecMismatch):
            check_override(pinned, other)
