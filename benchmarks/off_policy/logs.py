"""Simulated logs of decisions with a target whose mean reward is known, of several kinds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.estimate.design import Floats, Ints
from core.off_policy.decisions import Decisions, TargetPolicy

ACTIONS = 4
FLOOR = 0.1
BATCHES = 20
DRAWS = 200
"""Of a posterior, whose frequencies are the probabilities that actions are then drawn with."""
TASTE = np.array([[0.20, 0.15], [0.35, -0.20], [0.25, 0.05], [0.40, 0.20]])
"""Of each action, the mean reward at a feature of 0 and what the feature adds."""


class Log(NamedTuple):
    """A log and a target for it."""

    decisions: Decisions
    target: TargetPolicy


Draw = Callable[[np.random.Generator, int], Log]


@dataclass(frozen=True)
class Kind:
    """How decisions come about: rewards of what shape, how many decisions a user has, how far the target is."""

    binary: bool = False
    scale: float = 1.0
    each: int = 1
    sharp: float = 2.0
    curved: float = 0.0

    def mean(self, x: Floats) -> Floats:
        """Return the mean reward (N, A) of every action; `curved` is what no linear model of the feature has."""
        straight = np.column_stack([np.ones(len(x)), x]) @ TASTE.T
        return np.asarray(self.scale * (straight + self.curved * np.cos(3 * x)[:, None] * np.array([1, -1, 1, -1])))

    def wanted(self, x: Floats) -> Floats:
        """Return the target's probabilities (N, A)."""
        return softmax(self.sharp * 2 * np.column_stack([x, -x, 0 * x, 0.5 + 0 * x]))

    def truth(self) -> float:
        """Return the target's mean reward, by the midpoint rule over the feature."""
        x = (np.arange(100_000) + 0.5) / 50_000 - 1
        return float((self.wanted(x) * self.mean(x)).sum(axis=1).mean())

    def draw(self, rng: np.random.Generator, n: int) -> Log:
        """Return a log of n decisions whose users differ in what they like where they have several."""
        x = rng.uniform(-1, 1, n)
        logging = softmax(np.column_stack([-x, x, 0 * x, 0 * x]))
        action: Ints = (logging.cumsum(axis=1) > rng.random(n)[:, None]).argmax(axis=1)
        user: Ints = np.arange(n) // self.each
        mean = self.mean(x)[np.arange(n), action]
        own = rng.uniform(-0.1, 0.1, n)[user] * self.scale if self.each > 1 else 0.0
        noise = (rng.random(n) < mean + own) if self.binary else mean + own + rng.normal(size=n)
        decisions = Decisions(
            np.column_stack([np.ones(n), x]), action, user, logging[np.arange(n), action], noise.astype(np.float64)
        )
        return Log(decisions, policy_of(self.wanted(x)))


ADAPTIVE_WANTED = np.array([0.1, 0.2, 0.2, 0.5])


def adaptive(rng: np.random.Generator, n: int) -> Log:
    """Return a log of Thompson sampling that learns while it logs, in 20 batches, each action with at least .025."""
    mean = TASTE[:, 0]
    won, lost = np.ones(ACTIONS), np.ones(ACTIONS)
    parts: list[tuple[Ints, Floats, Floats]] = []
    for size in np.diff(np.linspace(0, n, BATCHES + 1).astype(int)):
        best = rng.beta(won, lost, (DRAWS, ACTIONS)).argmax(axis=1)
        shares = FLOOR / ACTIONS + (1 - FLOOR) * np.bincount(best, minlength=ACTIONS) / DRAWS
        action: Ints = rng.choice(ACTIONS, size, p=shares / shares.sum())
        reward = (rng.random(size) < mean[action]).astype(np.float64)
        won += np.bincount(action, reward, ACTIONS)
        lost += np.bincount(action, 1 - reward, ACTIONS)
        parts.append((action, shares[action], reward))
    taken, propensity, rewards = (np.concatenate(column) for column in zip(*parts, strict=True))
    of = np.zeros(n, np.int64)
    target = TargetPolicy(of, np.array([0, ACTIONS]), np.arange(ACTIONS), ADAPTIVE_WANTED, ACTIONS)
    return Log(Decisions(np.ones((n, 1)), taken, np.arange(n), propensity, rewards), target)


def adaptive_truth() -> float:
    """Return the mean reward of the target of adaptive logs."""
    return float(ADAPTIVE_WANTED @ TASTE[:, 0])


def policy_of(table: Floats) -> TargetPolicy:
    """Return the policy with a row of the table (N, A) for each decision."""
    n, actions = table.shape
    starts = np.arange(n + 1) * actions
    return TargetPolicy(np.arange(n), starts, np.tile(np.arange(actions), n), table.ravel(), actions)


def softmax(scores: Floats) -> Floats:
    """Return probabilities in proportion to the exponentials of the scores (N, A)."""
    odds = np.exp(scores)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
