"""Simulated logs of decisions whose truth is known, and the estimators written once more in plain loops."""

from typing import NamedTuple

import numpy as np

from core.estimate.design import Floats, Ints
from core.off_policy.decisions import Decisions, TargetPolicy

ACTIONS = 4
TASTE = np.array([[0.2, 0.5], [0.5, -0.4], [0.3, 0.1], [0.6, 0.3]])


class Simulated(NamedTuple):
    """A log, a target for it, both as tables (N, A) too, and the target's mean reward over the population."""

    decisions: Decisions
    target: TargetPolicy
    logging: Floats
    wanted: Floats
    truth: float


def simulated(seed: int, n: int, users: int, *, binary: bool = False) -> Simulated:
    """Return n decisions of at most `users` users who differ, with a feature from -1 to 1 and four actions."""
    rng = np.random.default_rng([seed, n])
    x = rng.uniform(-1, 1, n)
    features = np.column_stack([np.ones(n), x])
    logging = _softmax(np.column_stack([x, -x, 0.5 * x, 0 * x]))
    wanted = _softmax(2.0 * features @ TASTE.T)
    action: Ints = (logging.cumsum(axis=1) > rng.random(n)[:, None]).argmax(axis=1)
    user: Ints = np.unique(rng.integers(users, size=n), return_inverse=True)[1]
    own = rng.uniform(-0.1, 0.1, users)[user]
    mean = (features @ TASTE.T)[np.arange(n), action]
    reward = (
        (rng.random(n) < np.clip(mean + own, 0, 1)).astype(np.float64) if binary else mean + own + rng.normal(size=n)
    )
    decisions = Decisions(features, action, user, logging[np.arange(n), action], reward)
    return Simulated(decisions, policy_of(wanted), logging, wanted, _truth())


def policy_of(table: Floats) -> TargetPolicy:
    """Return the policy with a row of the table (N, A) for each decision."""
    n, actions = table.shape
    starts = np.arange(n + 1) * actions
    return TargetPolicy(np.arange(n), starts, np.tile(np.arange(actions), n), table.ravel(), actions)


def taken(found: Simulated, order: Ints) -> tuple[Decisions, TargetPolicy]:
    """Return the log and the target of some of the decisions, in that order."""
    given = found.decisions
    user: Ints = np.unique(given.user[order], return_inverse=True)[1]
    rows = (given.features[order], given.action[order], user, given.propensity[order], given.reward[order])
    return Decisions(*rows), policy_of(found.wanted[order])


def weights(found: Simulated) -> Floats:
    """Return the weight of each decision."""
    return found.target.probabilities(found.decisions.action) / found.decisions.propensity


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _truth() -> float:
    """Return the integral over the feature, by the midpoint rule."""
    x = (np.arange(100_000) + 0.5) / 50_000 - 1
    means = np.column_stack([np.ones(len(x)), x]) @ TASTE.T
    return float((_softmax(2.0 * means) * means).sum(axis=1).mean())
