"""All six estimates of a target policy on logged decisions, each with its interval or the reason why it has none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from core.estimate.design import Ints
from core.off_policy import refusals
from core.off_policy.decisions import Decisions, TargetPolicy
from core.off_policy.estimators import Estimation, clipped_ips, cross_fitted, dm, dr, ips, snips, switch_dr
from core.off_policy.intervals import clustered

OF_WEIGHTS = frozenset({"ips", "snips", "clipped_ips", "dr", "switch_dr"})
"""Estimators that rest on propensities."""


class PolicyEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `tipbench evaluate-policy`: the mean reward of a decision under the target; None is not known.

    `n` counts decisions with a reward; `ess`, `mean_weight` and `max_weight` are of the weights that the estimator
    gives to rewards. `refused` says why there is no interval.
    """

    estimator: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    ess: float
    mean_weight: float
    max_weight: float
    refused: str | None


@dataclass(frozen=True)
class ActionCounts:
    """By action (A): its `names`, the decisions that took it, and those of them whose reward is known."""

    names: Sequence[str]
    decided: Ints
    shown: Ints


def evaluate(
    decisions: Decisions, target: TargetPolicy, counts: ActionCounts, limit: float | None = None
) -> list[PolicyEstimate]:
    """Return the estimates by ips, snips, clipped_ips, dm, dr and switch_dr, in this order.

    `limit` is where weights are clipped and where switch_dr turns to the model; √N by default, as Ionides (2008) has
    it. Intervals are closed forms at 95 %, clustered by user. Weights or rewards beyond the range of numbers make no
    value.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return _evaluate(decisions, target, counts, limit)


def _evaluate(
    decisions: Decisions, target: TargetPolicy, counts: ActionCounts, limit: float | None
) -> list[PolicyEstimate]:
    n_users = decisions.n_users
    weight = target.probabilities(decisions.action) / decisions.propensity
    limit = math.sqrt(len(weight)) if limit is None else limit
    of_log = (
        refusals.shown_differs(refusals.shown_share_p(counts.decided, counts.shown))
        or refusals.unseen(target.shares(), np.bincount(decisions.action, minlength=target.n_actions), counts.names)
        or refusals.few_users(n_users)
    )
    mean = float(weight.mean())
    of_weights = refusals.wrong_weights(mean, clustered(weight, decisions.user, n_users))
    return [
        _row(name, found, decisions, of_log or (of_weights if name in OF_WEIGHTS else None))
        for name, found in _estimations(decisions, target, weight, limit).items()
    ]


def _estimations(decisions: Decisions, target: TargetPolicy, weight: np.ndarray, limit: float) -> dict[str, Estimation]:
    reward = decisions.reward
    model = cross_fitted(decisions, target)
    return {
        "ips": ips(weight, reward),
        "snips": snips(weight, reward),
        "clipped_ips": clipped_ips(weight, reward, limit),
        "dm": dm(decisions, target),
        "dr": dr(weight, reward, model),
        "switch_dr": switch_dr(weight, reward, model, limit),
    }


def _row(name: str, found: Estimation, decisions: Decisions, refused: str | None) -> PolicyEstimate:
    error = clustered(found.influence, decisions.user, decisions.n_users)
    ess = refusals.effective_size(found.weight)
    refused = refused or refusals.few_effective(ess) or refusals.too_skewed(error)
    known = math.isfinite(found.value)
    low, high = error.limits(found.value) if refused is None and known else (None, None)
    return PolicyEstimate(
        estimator=name,
        value=found.value if known else None,
        low=low,
        high=high,
        n=len(found.weight),
        ess=ess,
        mean_weight=float(found.weight.mean()),
        max_weight=float(found.weight.max()),
        refused=refused,
    )
