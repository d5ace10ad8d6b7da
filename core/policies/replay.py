"""A whole log of decisions and reactions folded into counts at once, to what the fold signal by signal comes to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.estimate.design import Ints
from core.policies.configuration import LinUcbPolicy, Policy
from core.policies.features import width_of
from core.policies.reactions import HOUR
from core.policies.state import ArmCounts

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Choices:
    """D places of decisions, each once: `arm` (D) are codes into `names`, `decided_at` (D) are milliseconds.

    `columns` (D, f) are the columns with a 1 by feature, as `features.ones_of` has them, and -1 where a feature has no
    column; a policy that looks at no feature reads none.
    """

    names: Sequence[str]
    arm: Ints
    decided_at: Ints
    columns: Ints


@dataclass(frozen=True)
class Reactions:
    """N reactions of one kind in any order: the row of the `choice` (N) each is about, or -1; `at` (N) as above."""

    choice: Ints
    at: Ints


@dataclass(frozen=True)
class Replayed:
    """The `counts`; by arm (A) how many were `decided` and how many `shown`; and what counted for nothing.

    `too_early` is how many choices have a reaction before the decision, `unknown` how many reactions have no choice.
    """

    counts: dict[str, ArmCounts]
    decided: Ints
    shown: Ints
    too_early: int
    unknown: int


def replayed(policy: Policy, choices: Choices, shown: Reactions, acted: Reactions) -> Replayed:
    """Return the counts of a whole log; the order of its rows, and rows that come twice, change nothing."""
    first_shown, early_shown = _first(choices, shown)
    first_acted, early_acted = _first(choices, acted)
    seen = first_shown != NEVER
    until = np.where(seen, first_shown, 0) + policy.reward_within_hours * HOUR
    rewarded = seen & (first_acted <= until)
    n_arms = len(choices.names)
    shows, acts = (np.bincount(choices.arm[rows], minlength=n_arms) for rows in (seen, rewarded))
    p = width_of(policy.columns) if isinstance(policy, LinUcbPolicy) else 0
    together, acted_with = _together(choices, seen, p), _with(choices, rewarded, p)
    counts = {
        name: ArmCounts(int(shows[arm]), int(acts[arm]), together[arm], acted_with[arm])
        for arm, name in enumerate(choices.names)
        if shows[arm]
    }
    return Replayed(
        counts,
        np.bincount(choices.arm, minlength=n_arms),
        shows,
        int((early_shown | early_acted).sum()),
        int((shown.choice < 0).sum() + (acted.choice < 0).sum()),
    )


def _first(choices: Choices, reactions: Reactions) -> tuple[Ints, np.ndarray]:
    """Return the earliest reaction (D) not before each decision, and whether (D) one bears an earlier time."""
    known = reactions.choice >= 0
    choice, at = reactions.choice[known], reactions.at[known]
    early = at < choices.decided_at[choice]
    first = np.full(len(choices.arm), NEVER)
    np.minimum.at(first, choice[~early], at[~early])
    too_early = np.zeros(len(first), bool)
    too_early[choice[early]] = True
    return first, too_early


def _together(choices: Choices, rows: np.ndarray, p: int) -> Ints:
    """Return how often two columns were both 1 (A, p, p) in these rows of each arm."""
    found = np.zeros(len(choices.names) * p * p, np.int64)
    arm, columns = choices.arm[rows], _columns(choices, rows, p)
    for one in columns:
        for other in columns:
            both = (one >= 0) & (other >= 0)
            found += np.bincount((arm[both] * p + one[both]) * p + other[both], minlength=len(found))
    return found.reshape(len(choices.names), p, p)


def _with(choices: Choices, rows: np.ndarray, p: int) -> Ints:
    """Return how often each column was 1 (A, p) in these rows of each arm."""
    found = np.zeros(len(choices.names) * p, np.int64)
    arm = choices.arm[rows]
    for one in _columns(choices, rows, p):
        found += np.bincount(arm[one >= 0] * p + one[one >= 0], minlength=len(found))
    return found.reshape(len(choices.names), p)


def _columns(choices: Choices, rows: np.ndarray, p: int) -> Ints:
    """Return the columns by feature (f, rows), no feature where the policy looks at none."""
    return choices.columns[rows].T if p else np.zeros((0, 0), np.int64)
