"""Logged decisions and the policy that is to be evaluated on them, as arrays."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.estimate.design import Floats, Ints

DENSE = 1 << 21
"""Probabilities that stand in memory at once as a whole table of distributions × actions."""
ROWS = 1 << 16


@dataclass(frozen=True)
class Decisions:
    """N logged decisions whose reward is known.

    `features` (N, p) has ones in its first column; the scale of the others is that of the ridge's penalty, so they come
    standardized. `action` (N) and `user` (N) are codes 0, 1, …, those of users without gaps; `propensity` (N) is the
    probability, above 0, with which the logging policy took the action; `reward` (N) is finite.
    """

    features: Floats
    action: Ints
    user: Ints
    propensity: Floats
    reward: Floats

    @property
    def n_users(self) -> int:
        """Return how many users the decisions are of."""
        return int(self.user.max()) + 1


def standardized(columns: Floats) -> Floats:
    """Return features (N, 1 + q): ones, and those of N × p columns that differ, with mean 0 and deviation 1."""
    if not columns.size:
        return np.ones((len(columns), 1))
    mean, spread = columns.mean(axis=0), columns.std(axis=0)
    differs = spread > 1e-12 * np.maximum(np.abs(mean), 1.0)
    scaled = (columns[:, differs] - mean[differs]) / spread[differs]
    return np.column_stack([np.ones(len(columns)), scaled])


@dataclass(frozen=True)
class Block:
    """Rows that follow each other, their T distributions as a table (T, A), and `of`, the one of each row."""

    rows: slice
    table: Floats
    of: Ints


@dataclass(frozen=True)
class TargetPolicy:
    """A distribution over `n_actions` actions for each decision; decisions may share one.

    `of` (N) names each decision's distribution and does not decrease. Distribution t has the probabilities
    `probability[starts[t]:starts[t + 1]]` of the actions beside them in `action`, each action at most once, and 0 for
    all others; they sum to one.
    """

    of: Ints
    starts: Ints
    action: Ints
    probability: Floats
    n_actions: int

    def blocks(self) -> Iterator[Block]:
        """Yield all rows in order, in blocks that take little memory."""
        most = max(1, DENSE // self.n_actions)
        start = 0
        while start < len(self.of):
            first = int(self.of[start])
            end = min(int(np.searchsorted(self.of, first + most)), start + ROWS)
            of = self.of[start:end] - first
            starts = self.starts[first : first + int(of[-1]) + 2]
            table = np.zeros((len(starts) - 1, self.n_actions))
            entries = slice(int(starts[0]), int(starts[-1]))
            places = np.repeat(np.arange(len(table)), np.diff(starts))
            table[places, self.action[entries]] = self.probability[entries]
            yield Block(slice(start, end), table, of)
            start = end

    def probabilities(self, action: Ints) -> Floats:
        """Return the probability (N) that the policy takes the logged `action` (N)."""
        found = np.empty(len(self.of))
        for block in self.blocks():
            found[block.rows] = block.table[block.of, action[block.rows]]
        return found

    def shares(self) -> Floats:
        """Return the mean probability (A) of each action over all decisions."""
        total = np.zeros(self.n_actions)
        for block in self.blocks():
            total += np.bincount(block.of, minlength=len(block.table)) @ block.table
        return np.asarray(total / len(self.of))
