"""The estimators against plain loops, and what holds of them whatever the log."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.estimate.design import Floats
from core.off_policy.decisions import Decisions, TargetPolicy
from core.off_policy.estimators import FOLDS, Estimation, clipped_ips, cross_fitted, dm, dr, ips, snips, switch_dr
from core.off_policy.intervals import clustered
from core.off_policy.reward_model import fit, moments
from tests.core.off_policy.logs import ACTIONS, Simulated, policy_of, simulated, taken, weights

LIMIT = 1.5
SEEDS = st.integers(0, 10_000)


def _all(decisions: Decisions, target: TargetPolicy) -> dict[str, Estimation]:
    weight, reward = target.probabilities(decisions.action) / decisions.propensity, decisions.reward
    model = cross_fitted(decisions, target)
    return {
        "ips": ips(weight, reward),
        "snips": snips(weight, reward),
        "clipped_ips": clipped_ips(weight, reward, LIMIT),
        "dm": dm(decisions, target),
        "dr": dr(weight, reward, model),
        "switch_dr": switch_dr(weight, reward, model, LIMIT),
    }


def _se(found: Estimation, decisions: Decisions) -> float:
    return clustered(found.influence, decisions.user, decisions.n_users).se


def test_values_are_those_of_loops() -> None:
    """Decision by decision, as the papers write them; the models of DR are fitted without the decision's user."""
    found = simulated(1, 120, 30)
    given, n = found.decisions, 120
    fold = (np.random.default_rng(0).permutation(given.n_users) % FOLDS)[given.user]
    models = [_fitted_without(given, fold == number) for number in range(FOLDS)]
    (whole,) = moments(given, ACTIONS, np.zeros(n, np.int64), 1)
    w = [found.wanted[i, given.action[i]] / found.logging[i, given.action[i]] for i in range(n)]
    q = [[float(given.features[i] @ models[fold[i]][a]) for a in range(ACTIONS)] for i in range(n)]
    of_all = [[float(given.features[i] @ fit(whole).by_action[a]) for a in range(ACTIONS)] for i in range(n)]
    r = given.reward.tolist()
    rest = [r[i] - q[i][given.action[i]] for i in range(n)]
    direct = [sum(found.wanted[i, a] * q[i][a] for a in range(ACTIONS)) for i in range(n)]
    wanted = {
        "ips": sum(w[i] * r[i] for i in range(n)) / n,
        "snips": sum(w[i] * r[i] for i in range(n)) / sum(w),
        "clipped_ips": sum(min(w[i], LIMIT) * r[i] for i in range(n)) / n,
        "dm": sum(found.wanted[i, a] * of_all[i][a] for i in range(n) for a in range(ACTIONS)) / n,
        "dr": sum(direct[i] + w[i] * rest[i] for i in range(n)) / n,
        "switch_dr": sum(direct[i] + w[i] * rest[i] * (w[i] <= LIMIT) for i in range(n)) / n,
    }
    assert {name: each.value for name, each in _all(given, found.target).items()} == pytest.approx(wanted)


def _fitted_without(given: Decisions, left_out: Floats) -> Floats:
    rows = ~left_out.astype(bool)
    part = Decisions(
        given.features[rows], given.action[rows], given.user[rows], given.propensity[rows], given.reward[rows]
    )
    (found,) = moments(part, ACTIONS, np.zeros(int(rows.sum()), np.int64), 1)
    return fit(found).by_action


@settings(max_examples=15, deadline=None, derandomize=True)
@given(SEEDS)
def test_the_logging_policy_itself_has_the_mean_reward(seed: int) -> None:
    """All weights are one; SNIPS and IPS are the mean with the error of a mean clustered by user."""
    found = simulated(seed, 200, 50)
    given = found.decisions
    estimated = _all(given, policy_of(found.logging))
    mean = given.reward.mean()
    plain = clustered(given.reward - mean, given.user, given.n_users).se
    for name in ("ips", "snips", "clipped_ips"):
        assert estimated[name].value == pytest.approx(mean)
        assert _se(estimated[name], given) == pytest.approx(plain)
    for each in estimated.values():
        assert each.value == pytest.approx(mean, abs=6 * plain)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(SEEDS, st.sampled_from([0.001, 0.5, 3.0, 1e6]), st.sampled_from([-2.0, 0.0, 40.0]))
def test_rewards_in_other_units_are_the_same_estimates_in_these(seed: int, scale: float, shift: float) -> None:
    """A factor moves values and errors alike; a constant moves those whose weights or models make up for it."""
    found = simulated(seed, 150, 40)
    before = _all(found.decisions, found.target)
    given = found.decisions
    other = Decisions(given.features, given.action, given.user, given.propensity, given.reward * scale + shift)
    after = _all(other, found.target)
    for name in before if shift == 0.0 else ("snips", "dm", "dr", "switch_dr"):
        size = abs(shift) + scale
        assert after[name].value == pytest.approx(before[name].value * scale + shift, rel=1e-7, abs=1e-7 * size)
        assert _se(after[name], other) == pytest.approx(_se(before[name], given) * scale, rel=1e-4, abs=1e-7 * size)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(SEEDS)
def test_the_order_of_decisions_does_not_matter(seed: int) -> None:
    """To the last digits, which are those of sums."""
    found = simulated(seed, 150, 40)
    order = np.random.default_rng(seed).permutation(150)
    other, target = taken(found, order)
    for before, after in zip(_all(found.decisions, found.target).values(), _all(other, target).values(), strict=True):
        assert after.value == pytest.approx(before.value)
        assert _se(after, other) == pytest.approx(_se(before, found.decisions))


def test_the_direct_methods_weights_make_its_value() -> None:
    """It is linear in the rewards; weights are one on average, and influences add up to what the ridge leaves."""
    found = simulated(5, 400, 100)
    estimated = dm(found.decisions, found.target)
    assert estimated.weight.mean() == pytest.approx(1)
    assert (estimated.weight * found.decisions.reward).mean() == pytest.approx(estimated.value)
    assert abs(estimated.influence.mean()) < 0.01


def test_an_influence_is_what_a_decision_moves() -> None:
    """Each estimate without one user differs from it by their influence, to the order of 1/n²."""
    found = simulated(6, 2_000, 400)
    given = found.decisions
    whole = _all(given, found.target)
    for user in range(3):
        left = np.flatnonzero(given.user != user)
        own = np.flatnonzero(given.user == user)
        without = _all(*taken(found, left))
        for name in ("ips", "snips", "clipped_ips", "dm"):
            moved = whole[name].influence[own].sum() / len(left)
            assert whole[name].value - without[name].value == pytest.approx(moved, rel=0.2, abs=2e-5), name


def test_snips_without_any_weight_is_not_known() -> None:
    """No logged action is one of the target's."""
    assert np.isnan(snips(np.zeros(3), np.ones(3)).value)


def test_all_but_the_clipped_come_near_the_truth() -> None:
    """Within four standard errors; clipping at 1.5 takes mass away that its mean weight says."""
    found: Simulated = simulated(7, 20_000, 4_000)
    estimated = _all(found.decisions, found.target)
    for name in ("ips", "snips", "dm", "dr", "switch_dr"):
        assert estimated[name].value == pytest.approx(found.truth, abs=4 * _se(estimated[name], found.decisions))
    lost = 1 - estimated["clipped_ips"].weight.mean()
    assert 0.02 < lost < 0.3
    assert estimated["clipped_ips"].value < found.truth - 3 * _se(estimated["clipped_ips"], found.decisions)
    assert weights(found).mean() == pytest.approx(1, abs=0.05)
