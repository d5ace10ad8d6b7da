"""When an estimate is refused, and what is missing: each rule answers with a sentence, or None."""

from collections.abc import Sequence

import numpy as np

from core.estimate.design import Floats, Ints
from core.estimate.student import chi_square_above
from core.off_policy.intervals import ClusteredError
from core.plurals import counted, listed

MINIMUM_ESS = 100
MINIMUM_USERS = 20
MOST_SKEWED = 0.25
"""Of the estimate: above it, limits of t are too short on one side."""
SIGNIFICANT = 0.001
UNSEEN = 0.01
"""Of the target's probability, that actions may have which were never logged."""
LEAST_EXPECTED = 5.0
"""Decisions in a cell of a chi-square table; actions with fewer are taken together."""
LISTED = 5


def effective_size(weight: Floats) -> float:
    """Return Kish's (1965) effective sample size, (Σ w)² / Σ w², 0 where all weights are 0."""
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def shown_share_p(decided: Ints, shown: Ints) -> float | None:
    """Return Pearson's chi-square p that the share shown is the same for all actions, of the counts (A) of each.

    `shown` counts decisions whose reward is known, of the `decided` ones. Actions that expect fewer than 5 decisions
    either shown or not are taken together. None where fewer than two groups are left to compare.
    """
    share = shown.sum() / max(int(decided.sum()), 1)
    rare = decided * min(share, 1 - share) < LEAST_EXPECTED
    groups = [(int(decided[rare].sum()), int(shown[rare].sum()))]
    groups += list(zip(decided[~rare].tolist(), shown[~rare].tolist(), strict=True))
    whole, seen = np.array([group for group in groups if group[0]], np.float64).reshape(-1, 2).T
    if len(whole) < 2 or not 0 < share < 1:
        return None
    statistic = float(((seen - whole * share) ** 2 / (whole * share * (1 - share))).sum())
    return float(chi_square_above(len(whole) - 1, statistic))


def shown_differs(p: float | None) -> str | None:
    """Return why no estimate is given where the share of decisions that have a reward differs between actions."""
    if p is None or p >= SIGNIFICANT:
        return None
    return (
        f"not estimable: the share of decisions with a reward differs between actions (chi-square p = {p:.1g}), so the "
        "missing ones would bias any estimate: find why some were not shown"
    )


def unseen(shares: Floats, logged: Ints, names: Sequence[str]) -> str | None:
    """Return why no estimate is given where the target often takes actions that were never `logged` (A, counts)."""
    lost = np.flatnonzero((logged == 0) & (shares > 0))
    share = float(shares[lost].sum())
    if share <= UNSEEN:
        return None
    ordered = [names[place] for place in lost[np.argsort(-shares[lost], kind="stable")]]
    return (
        f"not estimable: {share:.1%} of the target's probability is on actions that were never logged "
        f"({listed(ordered, LISTED)}): log them with some probability, or leave them out of the target"
    )


def few_users(n_users: int) -> str | None:
    """Return why no estimate is given of few independent users."""
    if n_users >= MINIMUM_USERS:
        return None
    return f"not estimable: {counted(n_users, 'user')} of at least {MINIMUM_USERS}: log decisions of more users"


def wrong_weights(mean: float, error: ClusteredError) -> str | None:
    """Return why no estimate is given where the weights' mean is surely not 1, as true propensities make it."""
    if error.p_value(mean - 1) >= SIGNIFICANT:
        return None
    return (
        f"not estimable: weights have a mean of {mean:.3g} and not 1 (p < {SIGNIFICANT}): the propensities are not "
        "those that actions were drawn with, or the target takes actions where they could not be logged"
    )


def few_effective(ess: float) -> str | None:
    """Return why an estimate is refused that rests on few decisions, with how many are missing."""
    if ess >= MINIMUM_ESS:
        return None
    missing = f"about {MINIMUM_ESS / ess:.1f} times as many decisions" if ess > 0 else "decisions as the target's"
    return (
        f"not estimable: effective sample size {ess:.1f} of at least {MINIMUM_ESS}: log {missing}, "
        "or evaluate a target nearer to the logging policy"
    )


def too_skewed(error: ClusteredError) -> str | None:
    """Return why an estimate is refused that a few users carry, or that has no spread to make an interval of."""
    if error.se == 0.0:
        return "not estimable: all decisions come to the same value, so there is no interval: log more of them"
    skewness = abs(error.skewness)
    if skewness <= MOST_SKEWED:
        return None
    return (
        f"not estimable: a few users carry the estimate (skewness {skewness:.2f}, at most {MOST_SKEWED}): "
        f"log about {(skewness / MOST_SKEWED) ** 2:.1f} times as many decisions"
    )
