"""What holds of every distribution over eligible arms, whatever policy made it."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from core.policies.configuration import EpsilonGreedyPolicy, LinUcbPolicy, Policy, RandomPolicy, ThompsonPolicy
from core.policies.distribution import Distribution, NoEligibleArm, distribution
from core.policies.features import Features, width_of
from core.policies.rewards import posterior
from core.policies.state import ArmCounts, PolicyState
from core.policies.thompson import best_probabilities

GOLDEN = Path(__file__).parents[2] / "golden" / "policies"
LEARNING: list[Policy] = [
    EpsilonGreedyPolicy(floor=0.01),
    EpsilonGreedyPolicy(floor=1.0),
    ThompsonPolicy(floor=0.01),
    ThompsonPolicy(prior_weight=0.0),
    LinUcbPolicy(floor=0.3),
    LinUcbPolicy(width=0.0, columns=()),
]


def _state(policy: Policy, arms: list[str], seed: int) -> PolicyState:
    """Return counts and scores of some of the arms, from none to a million."""
    rng = np.random.default_rng(seed)
    counts = {}
    for arm in arms[::2]:
        shown = int(10 ** rng.integers(0, 7))
        acted = int(rng.binomial(shown, rng.uniform(0, 0.4)))
        p = width_of(policy.columns) if isinstance(policy, LinUcbPolicy) else 0
        together = np.zeros((p, p), np.int64)
        together[:1, :1] = shown
        counts[arm] = ArmCounts(shown, acted, together, np.array([acted, *[0] * p][:p], np.int64))
    return PolicyState(counts, {arm: float(rng.random()) for arm in arms[::3]})


@pytest.mark.parametrize("policy", LEARNING, ids=repr)
def test_every_arm_has_the_floor_and_all_come_to_one(policy: Policy) -> None:
    """Of one arm to 50, whatever was learnt of some of them, and in whatever order they are given."""
    assert not isinstance(policy, RandomPolicy)
    for n in (1, 2, 3, 11, 50):
        arms = [f"arm-{number:02}" for number in range(n)]
        state = _state(policy, arms, n)
        found = distribution(policy, Features(hour_band="night"), arms, state)
        assert abs(math.fsum(found.probabilities) - 1) <= 1e-12
        assert min(found.probabilities) >= policy.floor / n
        assert distribution(policy, Features(hour_band="night"), arms[::-1], state) == found


def test_each_kind_takes_what_it_says() -> None:
    """The arm with the best mean, each as often as it is the best, and the one with the best limit for the features."""
    state = PolicyState({"a": ArmCounts(100, 10), "b": ArmCounts(100, 20)})
    greedy = distribution(EpsilonGreedyPolicy(), Features(), ["a", "b"], state)
    assert greedy.probabilities == pytest.approx((0.05, 0.95))
    sampled = distribution(ThompsonPolicy(), Features(), ["a", "b"], state)
    best = best_probabilities(*posterior(["a", "b"], state, 10.0))
    assert sampled.probabilities == pytest.approx((0.9 * best + 0.05).tolist())
    policy = LinUcbPolicy(columns=(("area", ("work",)),), width=0.1)
    at_work, elsewhere = np.outer([1, 1], [1, 1]), np.outer([1, 0], [1, 0])
    state = PolicyState(
        {
            "a": ArmCounts(100, 30, 50 * at_work + 50 * elsewhere, np.array([30, 30])),
            "b": ArmCounts(100, 20, 50 * at_work + 50 * elsewhere, np.array([20, 0])),
        }
    )
    assert distribution(policy, Features(area="work"), ["a", "b"], state).probabilities == pytest.approx((0.95, 0.05))
    assert distribution(policy, Features(area="love"), ["a", "b"], state).probabilities == pytest.approx((0.05, 0.95))


@pytest.mark.parametrize("n", [1, 2, 3, 7, 50, 999])
def test_a_random_policy_gives_all_the_same(n: int) -> None:
    """They sum to 1 within 1e-12, and stand in the order of the arms' names whatever the order they came in."""
    arms = [f"arm-{number:03}" for number in range(n)]
    found = distribution(RandomPolicy(), Features(), arms[::-1], PolicyState())
    assert found.arms == tuple(arms)
    assert set(found.probabilities) == {1 / n}
    assert abs(math.fsum(found.probabilities) - 1) <= 1e-12


def test_the_floor_is_that_of_vowpal_wabbit() -> None:
    """Five actions, one of which it has seen rewarded, in the four bytes of its numbers."""
    golden = json.loads((GOLDEN / "peers.json").read_text("utf-8"))["epsilon"]
    state = PolicyState({"arm2": ArmCounts(1, 1)})
    arms = [f"arm{place}" for place in range(5)]
    found = distribution(EpsilonGreedyPolicy(floor=golden["epsilon"]), Features(), arms, state)
    assert found.probabilities == pytest.approx(golden["probabilities"], rel=1e-6)


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
