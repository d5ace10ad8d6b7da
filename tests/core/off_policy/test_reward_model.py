"""The reward model against regressions that are written row by row."""

import numpy as np
import pytest

from core.estimate.design import Floats
from core.off_policy.decisions import TargetPolicy
from core.off_policy.reward_model import RIDGE, expected, expected_of_target, fit, moments, target_moments
from tests.core.off_policy.logs import ACTIONS, policy_of, simulated


def _ridge(x: Floats, r: Floats, penalty: Floats, towards: Floats) -> Floats:
    """The ridge regression towards a point, as least squares on rows that are added for the penalty."""
    root = np.diag(np.sqrt(penalty))
    return np.asarray(np.linalg.lstsq(np.vstack([x, root]), np.concatenate([r, root @ towards]), rcond=None)[0])


def test_each_action_has_a_ridge_regression_towards_that_of_all() -> None:
    """An action without decisions has the one of all, which leaves the first column free."""
    found = simulated(1, 60, 60).decisions
    x, r = found.features, found.reward
    model = fit(moments(found, ACTIONS + 1, np.zeros(60, np.int64), 1)[0])
    pooled = _ridge(x, r, np.array([0.0, RIDGE]), np.zeros(2))
    assert model.pooled == pytest.approx(pooled)
    for action in range(ACTIONS):
        own = found.action == action
        assert model.by_action[action] == pytest.approx(_ridge(x[own], r[own], np.full(2, RIDGE), pooled))
    assert model.by_action[ACTIONS] == pytest.approx(pooled)


def test_moments_of_folds_sum_to_those_of_all() -> None:
    """Each fold holds its own decisions."""
    found = simulated(2, 80, 80).decisions
    fold = np.arange(80) % 3
    parts = moments(found, ACTIONS, fold, 3)
    (whole,) = moments(found, ACTIONS, np.zeros(80, np.int64), 1)
    assert sum(part.gram for part in parts) == pytest.approx(whole.gram)
    assert sum(part.cross for part in parts) == pytest.approx(whole.cross)
    assert [part.gram[:, 0, 0].sum() for part in parts] == [27, 27, 26]


@pytest.mark.parametrize("shared", [False, True])
def test_expected_rewards_are_sums_over_actions(shared: bool) -> None:
    """By the model of each decision's fold, whether decisions share a distribution or not."""
    found = simulated(3, 40, 40)
    x, action = found.decisions.features, found.decisions.action
    fold = np.arange(40) % 2
    models = np.random.default_rng(1).normal(size=(2, ACTIONS, 2))
    table = np.tile(found.wanted[0], (40, 1)) if shared else found.wanted
    one = TargetPolicy(np.zeros(40, np.int64), np.array([0, ACTIONS]), np.arange(ACTIONS), found.wanted[0], ACTIONS)
    target = one if shared else policy_of(table)
    wanted = [sum(table[i, a] * float(x[i] @ models[fold[i], a]) for a in range(ACTIONS)) for i in range(40)]
    assert expected_of_target(models, fold, x, target) == pytest.approx(np.array(wanted))
    assert expected(models, fold, x, action) == pytest.approx([x[i] @ models[fold[i], action[i]] for i in range(40)])
    assert target_moments(x, target) == pytest.approx(table.T @ x)
