"""Why p, the simultaneous interval and the ranks of a cell say different things."""

from typing import Any

import pytest

from resources.report.families import why_they_differ
from tests.resources.report.inputs import report_row

CLEAR = {"diff": -0.5, "diff_sim_low": -0.9, "diff_sim_high": -0.1, "p_holm": 0.01, "rank_low": 2, "rank_high": 2}
UNSURE = {"diff": -0.1, "diff_sim_low": -0.5, "diff_sim_high": 0.3, "p_holm": 0.6, "rank_low": 1, "rank_high": 2}


def _sentences(*cells: dict[str, Any], base: tuple[int, int] = (1, 1)) -> list[str]:
    baseline = report_row("base", 4.0, rank_low=base[0], rank_high=base[1])
    rows = [report_row(f"m{number}", 3.5, **cell) for number, cell in enumerate(cells)]
    return why_they_differ([baseline, *rows], ("base", "p"))


def test_nothing_is_said_where_they_agree() -> None:
    """Clear and unclear differences, cells without an interval, and a baseline without a score."""
    unknown = {**UNSURE, "diff_sim_low": None, "diff_sim_high": None, "p_holm": None}
    assert _sentences(CLEAR) == []
    assert _sentences(UNSURE, unknown, base=(1, 2)) == []
    assert why_they_differ([report_row("base", None), report_row("a", 3.0, **UNSURE)], ("base", "p")) == []


@pytest.mark.parametrize(
    ("cell", "base", "begins", "why"),
    [
        ({**UNSURE, "p_holm": 0.04}, (1, 2), "Holm's p of m0 / p is below .05", "which counts among fewer"),
        ({**CLEAR, "p_holm": 0.06}, (1, 1), "The simultaneous interval of m0 / p excludes 0", "rise and fall together"),
        ({**CLEAR, "rank_low": 1}, (1, 1), "The simultaneous interval of m0 / p excludes 0", "all pairs of cells"),
        ({**UNSURE, "rank_low": 2}, (1, 1), "The rank interval of m0 / p lies apart", "judged in steps"),
    ],
)
def test_each_disagreement_has_its_reason(cell: dict[str, Any], base: tuple[int, int], begins: str, why: str) -> None:
    """One sentence that names the cell and says why."""
    (sentence,) = _sentences(cell, base=base)
    assert sentence.startswith(begins)
    assert why in sentence


def test_many_cells_are_counted() -> None:
    """Three by name, then how many more."""
    (sentence,) = _sentences(*[{**CLEAR, "p_holm": 0.06}] * 5)
    assert "of m0 / p, m1 / p, m2 / p and 2 more excludes 0" in sentence
    (sentence,) = _sentences(*[{**CLEAR, "p_holm": 0.06}] * 2)
    assert "of m0 / p and m1 / p excludes 0" in sentence
