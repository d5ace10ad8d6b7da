"""Scenarios that were scored by the same judges in the same cells are found as one pattern."""

import numpy as np
import pytest

from core.estimate.design import Ints, make_design


def _uneven(seed: int) -> tuple[Ints, Ints, Ints]:
    rng = np.random.default_rng(seed)
    rows = np.array(np.meshgrid(range(4), range(30), range(3), indexing="ij")).reshape(3, -1)
    blocks = np.stack([np.ones(12, bool), np.arange(12) != 5, np.arange(12) % 3 != 2])
    present = blocks[rng.integers(3, size=30)[rows[1]], rows[0] * 3 + rows[2]]
    cell, scenario, judge = rows[:, rng.permutation(np.flatnonzero(present))]
    return cell, scenario, judge


@pytest.mark.parametrize("seed", [1, 2])
def test_patterns_are_those_that_a_loop_over_scenarios_finds(seed: int) -> None:
    """In the order of their first scenarios, with all of theirs, and each scenario's rows by cell and judge."""
    cell, scenario, judge = _uneven(seed)
    naive: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for own in range(30):
        inside = np.flatnonzero(scenario == own)
        naive.setdefault(tuple(sorted(zip(cell[inside], judge[inside], strict=True))), []).append(own)
    patterns = make_design(cell, scenario, judge).patterns
    assert [tuple(zip(pattern.cell, pattern.judge, strict=True)) for pattern in patterns] == list(naive)
    assert [pattern.scenarios.tolist() for pattern in patterns] == list(naive.values())
    for pattern in patterns:
        assert (cell[pattern.rows] == pattern.cell).all()
        assert (judge[pattern.rows] == pattern.judge).all()
        assert (scenario[pattern.rows] == pattern.scenarios[:, None]).all()


def test_shared_counts_the_scenarios_of_two_cells() -> None:
    """As counting them one by one does."""
    cell, scenario, judge = _uneven(3)
    by_cell = [set(scenario[cell == own]) for own in range(4)]
    assert make_design(cell, scenario, judge).shared.tolist() == [[len(a & b) for b in by_cell] for a in by_cell]
