"""What became of each tip that was drawn, one signal after the other, and what it counts for its arm."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from core.policies.configuration import LinUcbPolicy, Policy
from core.policies.features import Features, ones_of, width_of
from core.policies.state import ArmCounts, less, summed

HOUR = 3_600_000
"""Milliseconds; every time is a whole number of them since 1970, in UTC."""


class TipReaction(StrEnum):
    """What a user did with a tip, as far as it counts for a policy."""

    SHOWN = "shown"
    ACTED = "acted"


class OtherDecision(ValueError):
    """A decision's id came with another arm, time or features than before: the log is of two decisions."""


UNKNOWN_FEATURES = Features()


@dataclass(frozen=True)
class ArmChoice:
    """An arm that was drawn at one place of a decision, when, and for which features."""

    arm: str
    decided_at: int
    features: Features = UNKNOWN_FEATURES


@dataclass(frozen=True)
class TipHistory:
    """What is known of one place of a decision; signals may come late, twice and in any order, to the same end.

    `shown_at` and `acted_at` are the earliest times not before the decision, None where there is none. `waiting` has
    what came before its decision did. `too_early` are the kinds of reaction that bear a time before the decision: they
    count never, and are reported.
    """

    choice: ArmChoice | None = None
    shown_at: int | None = None
    acted_at: int | None = None
    waiting: frozenset[tuple[TipReaction, int]] = frozenset()
    too_early: frozenset[TipReaction] = frozenset()


UNKNOWN = TipHistory()


def decided(history: TipHistory, choice: ArmChoice) -> TipHistory:
    """Return the history with its decision; raise OtherDecision where it has another one already."""
    if history.choice is not None:
        if history.choice != choice:
            raise OtherDecision(f"one decision chose {history.choice.arm!r:.80} and {choice.arm!r:.80}")
        return history
    known = replace(history, choice=choice, waiting=frozenset())
    for reaction, at in history.waiting:
        known = reacted(known, reaction, at)
    return known


def reacted(history: TipHistory, reaction: TipReaction, at: int) -> TipHistory:
    """Return the history with a reaction at that time."""
    if history.choice is None:
        return replace(history, waiting=history.waiting | {(reaction, at)})
    if at < history.choice.decided_at:
        return replace(history, too_early=history.too_early | {reaction})
    if reaction is TipReaction.SHOWN:
        return replace(history, shown_at=at if history.shown_at is None else min(at, history.shown_at))
    return replace(history, acted_at=at if history.acted_at is None else min(at, history.acted_at))


def counted(history: TipHistory, policy: Policy) -> dict[str, ArmCounts]:
    """Return what a history adds to the counts of its arm: nothing before the tip was shown.

    The reward is 1 where the first act came at most the policy's hours after the tip was first shown. An act whose
    display was recorded after it counts too: surfaces report the two separately.
    """
    if history.choice is None or history.shown_at is None:
        return {}
    until = history.shown_at + policy.reward_within_hours * HOUR
    rewarded = int(history.acted_at is not None and history.acted_at <= until)
    return {history.choice.arm: counts_of(policy, history.choice.features, 1, rewarded)}


def counts_of(policy: Policy, features: Features, shown: int, acted: int) -> ArmCounts:
    """Return what so many tips of an arm count that were shown for the same features, `acted` of them with a reward."""
    if not isinstance(policy, LinUcbPolicy):
        return ArmCounts(shown, acted)
    ones = np.zeros(width_of(policy.columns), np.int64)
    ones[list(ones_of(policy.columns, features))] = 1
    return ArmCounts(shown, acted, shown * np.outer(ones, ones), acted * ones)


def updated(
    counts: Mapping[str, ArmCounts], before: TipHistory, after: TipHistory, policy: Policy
) -> dict[str, ArmCounts]:
    """Return the counts with a history as it is after a signal in place of what it was before."""
    return summed([less(counts, counted(before, policy)), counted(after, policy)])
