"""Off-policy estimates of a target policy in a file, on a log of decisions in another one."""

from pathlib import Path

import numpy as np

from core.off_policy.decisions import Decisions
from core.off_policy.evaluate import ActionCounts, PolicyEstimate, evaluate
from resources.off_policy.decision_log import read_log
from resources.off_policy.table_file import BadPolicyFile
from resources.off_policy.target_file import OPTION, read_target

MOST_MOMENTS = 4_000_000
"""Actions × features², of the regressions by action."""


def evaluate_files(log_file: Path, target_file: Path, limit: float | None = None) -> list[PolicyEstimate]:
    """Return the six estimates for the target in a file on the log in another one; `limit` clips weights.

    Raise BadPolicyFile with line and field for what cannot be used, and where actions and features are too many.
    """
    log = read_log(log_file)
    rows = np.flatnonzero(~np.isnan(log.reward))
    matched = read_target(target_file, log, rows)
    width, n_actions = log.features.shape[1], len(matched.names)
    if n_actions * width**2 > MOST_MOMENTS:
        raise BadPolicyFile(
            f"{log_file}: {n_actions} actions with {width} features are too many for a model of the rewards: leave out "
            "columns x.*, or group actions",
            (OPTION, "action"),
        )
    order = matched.order
    user = np.unique(log.user.code[order], return_inverse=True)[1]
    decisions = Decisions(log.features[order], matched.action, user, log.propensity[order], log.reward[order])
    place = {name: number for number, name in enumerate(matched.names)}
    action = np.array([place[name] for name in log.action.names])[log.action.code]
    decided, shown = np.bincount(action, minlength=n_actions), np.bincount(action[rows], minlength=n_actions)
    return evaluate(decisions, matched.policy, ActionCounts(matched.names, decided, shown), limit)
