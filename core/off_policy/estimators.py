"""Six estimators of what a target policy would have earned a decision on average, each with its influences.

Each returns an `Estimation`: its value, the influence of every decision, whose sums by user make the interval, and the
weights that the value gives to rewards.
"""

from dataclasses import dataclass

import numpy as np

from core.estimate.design import Floats, Ints
from core.off_policy.decisions import Decisions, TargetPolicy
from core.off_policy.reward_model import (
    RIDGE,
    Moments,
    expected,
    expected_of_target,
    fit,
    moments,
    solved,
    solved_pooled,
    target_moments,
)

FOLDS = 5
FOLD_SEED = 0


@dataclass(frozen=True)
class Estimation:
    """The `value`; `influence` (N) of each decision, about the value; `weight` (N) of each reward, 1 on average."""

    value: float
    influence: Floats
    weight: Floats


def ips(weight: Floats, reward: Floats) -> Estimation:
    """Return inverse propensity scoring, Σ w r / N with w = π(a|x) / propensity: Horvitz and Thompson (1952)."""
    return _mean(weight * reward, weight)


def snips(weight: Floats, reward: Floats) -> Estimation:
    """Return self-normalized IPS, Σ w r / Σ w: Swaminathan and Joachims (2015); error by the delta method.

    The value lies between the least and the largest reward. It is nan where no logged action has a weight.
    """
    total = weight.mean()
    value = float((weight * reward).mean() / total) if total > 0 else float("nan")
    return Estimation(value, weight * (reward - value) / total if total > 0 else weight, weight)


def clipped_ips(weight: Floats, reward: Floats, limit: float) -> Estimation:
    """Return IPS with weights of at most `limit`, Σ min(w, limit) r / N: Ionides (2008), whose limit is √N.

    It estimates the mean of min(w, limit) r and no other: below the target's reward, where rewards are not negative,
    by what the clipped weights had carried. The mean weight says how much of 1 is left.
    """
    clipped = np.minimum(weight, limit)
    return _mean(clipped * reward, clipped)


def dm(decisions: Decisions, target: TargetPolicy) -> Estimation:
    """Return the direct method, the mean of Σ_a π(a|x) q̂(x, a): Beygelzimer and Langford (2009).

    q̂ is `reward_model.fit` on all decisions. The value is linear in the rewards: Σ ω r / N with ω = x·(h_a + h₀), h_a =
    (XᵀX + λI)⁻¹ Σ π(a|x) x and h₀ the pooled regression's part. The influence is that of both, q̂_π - V + x·h_a e + x·h₀
    e₀ with residuals e and e₀ (White 1980), so the interval knows that q̂ is estimated. It holds where rewards are
    linear in the features of an action, and only there.
    """
    x, action, reward = decisions.features, decisions.action, decisions.reward
    nobody = np.zeros(len(x), np.int64)
    (found,) = moments(decisions, target.n_actions, nobody, 1)
    model = fit(found)
    mixed = expected_of_target(model.by_action[None], nobody, x, target)
    own = solved(found, target_moments(x, target))
    pooled = solved_pooled(found, RIDGE * own.sum(axis=0))
    of_action, of_all = expected(own[None], nobody, x, action), x @ pooled
    residual = reward - expected(model.by_action[None], nobody, x, action)
    value = float(mixed.mean())
    influence = mixed - value + of_action * residual + of_all * (reward - x @ model.pooled)
    return Estimation(value, influence, of_action + of_all)


@dataclass(frozen=True)
class CrossFitted:
    """What models that have not seen a decision's user expect: of its action (N), and of the target (N)."""

    logged: Floats
    target: Floats


def cross_fitted(decisions: Decisions, target: TargetPolicy) -> CrossFitted:
    """Return expected rewards, each by a model of the other folds' users: Chernozhukov et al. (2018).

    Users are dealt to 5 folds by a seeded permutation of their codes.
    """
    dealt = np.random.default_rng(FOLD_SEED).permutation(decisions.n_users) % FOLDS
    fold: Ints = dealt[decisions.user]
    parts = moments(decisions, target.n_actions, fold, FOLDS)
    gram, cross = sum(part.gram for part in parts), sum(part.cross for part in parts)
    models = np.stack([fit(Moments(gram - part.gram, cross - part.cross)).by_action for part in parts])
    logged = expected(models, fold, decisions.features, decisions.action)
    return CrossFitted(logged, expected_of_target(models, fold, decisions.features, target))


def dr(weight: Floats, reward: Floats, model: CrossFitted) -> Estimation:
    """Return the doubly robust mean of q̂_π + w (r - q̂): Dudík, Langford and Li (2011), cross-fitted by user."""
    return _mean(model.target + weight * (reward - model.logged), weight)


def switch_dr(weight: Floats, reward: Floats, model: CrossFitted, limit: float) -> Estimation:
    """Return DR that leaves decisions of a weight above `limit` to the model: Wang, Agarwal and Dudík (2017).

    The mean of q̂_π + w (r - q̂) [w ≤ limit]. What the mean weight lacks of 1 rests on the model alone.
    """
    used = np.where(weight <= limit, weight, 0.0)
    return _mean(model.target + used * (reward - model.logged), used)


def _mean(terms: Floats, weight: Floats) -> Estimation:
    value = float(terms.mean())
    return Estimation(value, terms - value, weight)
