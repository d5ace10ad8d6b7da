import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.benchmark.names import EXPERIMENT, InvalidName, experiment_name, judge_name


@pytest.mark.parametrize("name", ["tip-bench-a", "tip-bench-0-x", "tip-bench-" + "a" * 63])
def test_valid_experiment_names_come_back_as_they_are(name: str) -> None:
    """A valid name is returned unchanged."""
    assert experiment_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["tip-bench-", "tip-bench--a", "tip-bench-A", "tip-bench-a\n", "bench-a", "tip-bench-a/b", "tip-bench-" + "a" * 64],
)
def test_invalid_experiment_names_are_refused_with_the_rule(name: str) -> None:
    """A name outside the rule, a trailing newline included, is refused and quoted."""
    with pytest.raises(InvalidName, match="starts with 'tip-bench-'"):
        experiment_name(name)


@given(st.text(max_size=30))
def test_an_accepted_name_is_safe_as_a_folder(text: str) -> None:
    """Whatever passes holds no slash, dot or white space."""
    name = "tip-bench-" + text
    if EXPERIMENT.fullmatch(name):
        assert not set(name) & set("/.\\ \n\t\0")


def test_judge_names_have_their_own_rule() -> None:
    """A judge id is short and never a path."""
    assert judge_name("claude-2.b_c") == "claude-2.b_c"
    for wrong in ("", "../x", "a b", "-a", "a" * 64):
        with pytest.raises(InvalidName):
            judge_name(wrong)
