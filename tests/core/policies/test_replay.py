"""The fold of a whole log: what it counts beside the state, and what it leaves out."""

import numpy as np

from core.policies.configuration import ThompsonPolicy
from core.policies.reactions import HOUR
from core.policies.replay import Choices, Reactions, replayed
from tests.core.policies.signals import simulated, whole

POLICY = ThompsonPolicy()


def test_choices_and_displays_are_counted_by_arm() -> None:
    """An arm that was never shown has no counts, and what has no decision is counted as unknown."""
    choices = Choices(["a", "b", "c"], np.array([0, 0, 1]), np.array([5, 5, 5]), np.zeros((3, 0), np.int64))
    shown = Reactions(np.array([0, 1, 1, -1, 2]), np.array([6, 9, 7, 8, 4]))
    acted = Reactions(np.array([1, -1, 0, 2]), np.array([7 + 72 * HOUR, 9, 7 + 72 * HOUR, 3]))
    found = replayed(POLICY, choices, shown, acted)
    assert {arm: (own.shown, own.acted) for arm, own in found.counts.items()} == {"a": (2, 1)}
    assert found.decided.tolist() == [2, 1, 0]
    assert found.shown.tolist() == [2, 0, 0]
    assert (found.too_early, found.unknown) == (1, 2)


def test_an_empty_log_comes_to_nothing() -> None:
    """Without a choice, and without a reaction."""
    nothing = Reactions(np.zeros(0, np.int64), np.zeros(0, np.int64))
    none = Choices([], np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 0), np.int64))
    assert replayed(POLICY, none, nothing, nothing).counts == {}
    signals = [signal for signal in simulated(1, 5) if signal.choice is not None]
    assert whole(POLICY, signals).counts == {}
