"""What a policy expects of arms: Beta posteriors of their rates, and upper limits of a linear model."""

from collections.abc import Sequence

import numpy as np

from core.estimate.design import Floats
from core.policies.configuration import LinUcbPolicy
from core.policies.features import Features, ones_of, width_of
from core.policies.state import ArmCounts, PolicyState

NEVER_SHOWN = ArmCounts()
EQUAL = 1e-12
"""Values that differ by less are a tie, so that no machine's rounding decides between arms."""


def posterior(arms: Sequence[str], state: PolicyState, prior_weight: float) -> tuple[Floats, Floats]:
    """Return α and β (n) of each arm's rate of reward, Beta(1 + w s + acted, 1 + w (1 - s) + shown - acted).

    The prior is uniform, and the benchmark's score s of the arm counts as w tips shown of which a share s was acted on,
    so that a few times w reactions outweigh it; an arm without a score has the uniform one.
    """
    counts = [state.counts.get(arm, NEVER_SHOWN) for arm in arms]
    shown, acted = (np.array([getattr(own, name) for own in counts], np.float64) for name in ("shown", "acted"))
    known = np.array([arm in state.scores for arm in arms])
    score = np.array([state.scores.get(arm, 0.0) for arm in arms])
    weight = prior_weight * known
    return 1 + weight * score + acted, 1 + weight * (1 - score) + shown - acted


def upper_limits(policy: LinUcbPolicy, features: Features, arms: Sequence[str], state: PolicyState) -> Floats:
    """Return x·θ + c √(xᵀA⁻¹x) (n) of each arm: LinUCB with separate models, Li, Chu, Langford and Schapire (2010).

    A = XᵀX + λI and θ = A⁻¹Xᵀr over the arm's shown tips, c the policy's `width` and λ its `ridge`. The benchmark's
    score s of the arm counts as w rows with a 1 in the first column alone and reward s.
    """
    p = width_of(policy.columns)
    x = np.zeros(p)
    x[list(ones_of(policy.columns, features))] = 1.0
    gram, cross = np.tile(policy.ridge * np.eye(p), (len(arms), 1, 1)), np.zeros((len(arms), p))
    for place, arm in enumerate(arms):
        own = state.counts.get(arm)
        if own is not None:
            gram[place] += own.together
            cross[place] += own.acted_with
        if arm in state.scores:
            gram[place, 0, 0] += policy.prior_weight
            cross[place, 0] += policy.prior_weight * state.scores[arm]
    solved = np.linalg.solve(gram, np.broadcast_to(x[:, None], (len(arms), p, 1)))[:, :, 0]
    return np.asarray(np.einsum("np,np->n", solved, cross) + policy.width * np.sqrt(solved @ x))


def best_of(values: Floats) -> Floats:
    """Return the probability (n) of each arm when one of those with the largest value is taken, all as likely."""
    best = values >= values.max() - EQUAL
    return np.asarray(best / best.sum())
