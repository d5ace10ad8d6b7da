"""Blocks of a target's distributions against the table that they are cut from."""

import numpy as np
import pytest

from core.off_policy import decisions
from core.off_policy.decisions import TargetPolicy, standardized
from tests.core.off_policy.logs import policy_of, simulated

SHARED = TargetPolicy(
    of=np.array([0, 0, 0, 1, 1, 2]),
    starts=np.array([0, 2, 3, 5]),
    action=np.array([0, 2, 1, 2, 1]),
    probability=np.array([0.25, 0.75, 1.0, 0.4, 0.6]),
    n_actions=3,
)
WHOLE = np.array([[0.25, 0, 0.75]] * 3 + [[0, 1.0, 0]] * 2 + [[0, 0.6, 0.4]])


@pytest.mark.parametrize(("dense", "rows"), [(1, 1), (3, 2), (6, 4), (1 << 21, 1 << 16)])
def test_blocks_are_the_rows_whatever_fits_into_one(dense: int, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row comes once, in order, with its own distribution."""
    monkeypatch.setattr(decisions, "DENSE", dense)
    monkeypatch.setattr(decisions, "ROWS", rows)
    blocks = list(SHARED.blocks())
    assert np.array_equal(np.concatenate([block.table[block.of] for block in blocks]), WHOLE)
    assert [block.rows.start for block in blocks] == [0, *(block.rows.stop for block in blocks[:-1])]
    assert SHARED.shares() == pytest.approx(WHOLE.mean(axis=0))
    action = np.array([2, 1, 0, 1, 0, 2])
    assert SHARED.probabilities(action).tolist() == WHOLE[np.arange(6), action].tolist()


def test_a_distribution_of_each_decision_is_read_by_its_own() -> None:
    """A table of them gives back its entries."""
    found = simulated(1, 50, 50)
    policy = policy_of(found.wanted)
    action = found.decisions.action
    assert policy.probabilities(action).tolist() == found.wanted[np.arange(50), action].tolist()
    assert policy.shares() == pytest.approx(found.wanted.mean(axis=0))
    assert found.decisions.n_users == len(set(found.decisions.user.tolist()))


def test_columns_are_standardized_behind_ones() -> None:
    """Each has mean 0 and deviation 1; one that never differs is left out, and without any there are the ones."""
    found = standardized(np.array([[0.0, 7.0, 2.0], [1.0, 7.0, 4.0], [1.0, 7.0, 9.0]]))
    assert found[:, 0].tolist() == [1.0, 1.0, 1.0]
    assert found[:, 1:].mean(axis=0) == pytest.approx([0, 0])
    assert found[:, 1:].std(axis=0) == pytest.approx([1, 1])
    assert standardized(np.empty((3, 0))).tolist() == [[1.0]] * 3
    assert standardized(np.empty((0, 2))).shape == (0, 1)
