"""What each arm would have earned, had it been drawn wherever it could be: all estimators of the off-policy package."""

import numpy as np

from core.off_policy.decisions import Decisions, TargetPolicy
from core.off_policy.evaluate import ActionCounts, PolicyEstimate, evaluate
from resources.policy_reports.decision_table import FirstPlaces


def arm_estimates(log: FirstPlaces, arm: int) -> list[PolicyEstimate]:
    """Return the estimates for always drawing an arm, on the decisions in which it was eligible; none without a reward.

    Of other decisions nothing is known of it, and a target that takes what could not be drawn has no estimate.
    """
    eligible = np.flatnonzero(log.chance[:, arm] > 0)
    rows = eligible[~np.isnan(log.reward[eligible])]
    if not len(rows):
        return []
    n_arms = len(log.arms)
    user = np.unique(log.user[rows], return_inverse=True)[1]
    decisions = Decisions(log.features[rows], log.action[rows], user, log.propensity[rows], log.reward[rows])
    target = TargetPolicy(
        of=np.zeros(len(rows), np.int64),
        starts=np.array([0, 1]),
        action=np.array([arm]),
        probability=np.ones(1),
        n_actions=n_arms,
    )
    decided, shown = (np.bincount(log.action[which], minlength=n_arms) for which in (eligible, rows))
    return evaluate(decisions, target, ActionCounts(log.arms, decided, shown))
