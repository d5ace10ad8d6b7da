"""Simulated logs of signals, and both ways to fold them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core.policies.configuration import LinUcbPolicy, Policy
from core.policies.features import Features, ones_of
from core.policies.reactions import HOUR, UNKNOWN, ArmChoice, TipHistory, TipReaction, decided, reacted, updated
from core.policies.replay import Choices, Reactions, Replayed, replayed
from core.policies.state import ArmCounts

ARMS = ("a", "b", "c")


class Signal(NamedTuple):
    """A decision's choice, or a reaction and its time."""

    decision: int
    choice: ArmChoice | None
    reaction: TipReaction | None
    at: int


def simulated(seed: int, n: int) -> list[Signal]:
    """Return the signals of n decisions in order; some times lie before the decision, some acts come too late."""
    rng = np.random.default_rng(seed)
    found = []
    for decision in range(n):
        at = int(rng.integers(0, 1_000)) * HOUR
        area, surface = [None, "work", "health", "love"][rng.integers(4)], ["home", "push"][rng.integers(2)]
        features = Features(area=area, surface=surface)
        found.append(Signal(decision, ArmChoice(ARMS[rng.integers(3)], at, features), None, at))
        for reaction, most in ((TipReaction.SHOWN, 3), (TipReaction.ACTED, 4)):
            hours = rng.integers(-2, 100, rng.integers(most)).tolist()
            found += [Signal(decision, None, reaction, at + hour * HOUR) for hour in hours]
    return found


def folded(policy: Policy, signals: Sequence[Signal]) -> dict[str, ArmCounts]:
    """Return the counts after one signal upon the other."""
    histories: dict[int, TipHistory] = {}
    counts: dict[str, ArmCounts] = {}
    for signal in signals:
        before = histories.get(signal.decision, UNKNOWN)
        if signal.choice is not None:
            after = decided(before, signal.choice)
        else:
            assert signal.reaction is not None
            after = reacted(before, signal.reaction, signal.at)
        counts = updated(counts, before, after, policy)
        histories[signal.decision] = after
    return counts


def whole(policy: Policy, signals: Sequence[Signal]) -> Replayed:
    """Return what the fold of the whole log comes to; reactions without a decision in it have the row -1."""
    chosen = {signal.decision: signal.choice for signal in signals if signal.choice is not None}
    rows = {decision: row for row, decision in enumerate(chosen)}
    columns = policy.columns if isinstance(policy, LinUcbPolicy) else ()
    ones = [ones_of(columns, choice.features) for choice in chosen.values()]
    padded = [[*own, *[-1] * (1 + len(columns) - len(own))] for own in ones]
    choices = Choices(
        ARMS,
        np.array([ARMS.index(choice.arm) for choice in chosen.values()]),
        np.array([choice.decided_at for choice in chosen.values()]),
        np.array(padded),
    )
    shown, acted = (
        Reactions(
            np.array([rows.get(signal.decision, -1) for signal in signals if signal.reaction is reaction], np.int64),
            np.array([signal.at for signal in signals if signal.reaction is reaction], np.int64),
        )
        for reaction in (TipReaction.SHOWN, TipReaction.ACTED)
    )
    return replayed(policy, choices, shown, acted)
