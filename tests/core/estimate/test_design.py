"""Scenarios that were scored by the same judges in the same cells are found as one pattern."""

import numpy as np
import pytest

from core.estimate.design import Ints, make_design, model_rows


def _uneven(seed: int) -> tuple[Ints, Ints, Ints]:
    rng = np.random.default_rng(seed)
    rows = np.array(np.meshgrid(range(4), range(30), range(3), indexing="ij")).reshape(3, -1)
    blocks = np.stack([np.ones(12, bool), np.arange(12) != 5, np.arange(12) % 3 != 2])
    present = blocks[rng.integers(3, size=30)[rows[1]], rows[0] * 3 + rows[2]]
    cell, scenario, judge = rows[:, rng.permutation(np.flatnonzero(present))]
    return cell, scenario, judge


@pytest.mark.parametrize("seed", [1, 2])
def test_patterns_are_those_that_a_loop_over_scenarios_finds(seed: int) -> None:
    """With all of their scenarios, and the rows that a scenario has by judge and cell."""
    cell, scenario, judge = _uneven(seed)
    naive: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for own in range(30):
        inside = np.flatnonzero(scenario == own)
        naive.setdefault(tuple(sorted(zip(judge[inside].tolist(), cell[inside].tolist(), strict=True))), []).append(own)
    patterns = make_design(cell, scenario, judge).patterns
    found = {
        tuple(zip(*(codes.tolist() for codes in np.nonzero(present)), strict=True)): np.flatnonzero(patterns.of == own)
        for own, present in enumerate(patterns.present)
    }
    assert {rows: scenarios.tolist() for rows, scenarios in found.items()} == naive
    assert patterns.counts.tolist() == [len(scenarios) for scenarios in found.values()]
    assert patterns.sizes.tolist() == [len(rows) for rows in found]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_swept_squares_of_a_pattern_are_those_of_its_rows(seed: int) -> None:
    """One pattern at a time, and added up over the scenarios they are what the design inverts."""
    cell, scenario, judge = _uneven(seed)
    design = make_design(cell, scenario, judge)
    total = np.zeros_like(design.inverse)
    for own in range(30):
        inside = scenario == own
        rows = model_rows(cell[inside], judge[inside], 4, 3)
        centred = rows - rows.mean(axis=0)
        number = int(design.patterns.of[own])
        found = design.patterns.squares(slice(number, number + 1))[0]
        assert found == pytest.approx(centred.T @ centred, abs=1e-12)
        assert design.patterns.means[number] == pytest.approx(rows.mean(axis=0))
        total += found
    assert design.inverse == pytest.approx(np.linalg.pinv(total), abs=1e-10)


def test_shared_counts_the_scenarios_of_two_cells() -> None:
    """As counting them one by one does."""
    cell, scenario, judge = _uneven(3)
    by_cell = [set(scenario[cell == own]) for own in range(4)]
    assert make_design(cell, scenario, judge).shared.tolist() == [[len(a & b) for b in by_cell] for a in by_cell]
