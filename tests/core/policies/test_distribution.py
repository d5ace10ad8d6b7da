"""What holds of every distribution over eligible arms, whatever policy made it."""

import math

import pytest

from core.policies.configuration import RandomPolicy
from core.policies.distribution import Distribution, NoEligibleArm, distribution
from core.policies.features import Features
from core.policies.state import PolicyState


@pytest.mark.parametrize("n", [1, 2, 3, 7, 50, 999])
def test_a_random_policy_gives_all_the_same(n: int) -> None:
    """They sum to 1 within 1e-12, and stand in the order of the arms' names whatever the order they came in."""
    arms = [f"arm-{number:03}" for number in range(n)]
    found = distribution(RandomPolicy(), Features(), arms[::-1], PolicyState())
    assert found.arms == tuple(arms)
    assert set(found.probabilities) == {1 / n}
    assert abs(math.fsum(found.probabilities) - 1) <= 1e-12


def test_no_eligible_arm_is_refused() -> None:
    """It is an answer with reasons, which a draw is not."""
    with pytest.raises(NoEligibleArm):
        distribution(RandomPolicy(), Features(), [], PolicyState())
    with pytest.raises(NoEligibleArm):
        Distribution((), ())


@pytest.mark.parametrize(
    ("arms", "probabilities", "said"),
    [
        (("a", "b"), (1.0,), "2 arms have 1 probabilities"),
        (("b", "a"), (0.5, 0.5), "ascending"),
        (("a", "a"), (0.5, 0.5), "ascending"),
        (("a", "b"), (0.0, 1.0), "above 0"),
        (("a", "b"), (math.nan, 1.0), "above 0"),
        (("a", "b"), (1.5, 0.5), "at most 1"),
        (("a", "b"), (0.5, 0.5 + 1e-11), "sum to"),
    ],
)
def test_what_is_no_distribution_is_refused(arms: tuple[str, ...], probabilities: tuple[float, ...], said: str) -> None:
    """Before anything is drawn from it."""
    with pytest.raises(ValueError, match=said):
        Distribution(arms, probabilities)


def test_an_arm_given_twice_is_refused() -> None:
    """It would have twice its probability."""
    with pytest.raises(ValueError, match="each once"):
        distribution(RandomPolicy(), Features(), ["a", "b", "a"], PolicyState())
