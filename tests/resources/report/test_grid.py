"""The scenario × cell matrix of the report."""

from dataclasses import replace

import msgspec
import pytest

from core.benchmark.scenario import Scenario
from resources.report.data import ReportInput, TipScore
from resources.report.grid import MOST_CELLS, MOST_SCENARIOS, score_grid
from resources.report.page import render_page
from tests.resources.report.inputs import report_input, report_row, scored_tips


def _scored(scenarios: int, cells: int) -> ReportInput:
    """Cell `c` of scenario `s` has two tips, scored 1 and 1 + 4 s / (scenarios - 1) where c is 0, else 1 and 1."""
    rows = [report_row(f"m{cell}", 5.0 - cell / cells) for cell in range(cells)]
    tips = [
        TipScore(cell, scenario, tip, "t", 1 + (4 * scenario / (scenarios - 1) if cell == 0 else 0) * tip, {})
        for scenario in range(scenarios)
        for cell in range(cells)
        for tip in (0, 1)
    ]
    given = report_input(rows, tips)
    spec = msgspec.structs.replace(
        given.spec,
        models=tuple(msgspec.structs.replace(given.spec.models[0], name=f"m{cell}") for cell in range(cells)),
        cells=tuple((cell, 0) for cell in range(cells)),
        scenarios=tuple(Scenario(f"s{number}", "home", "en", {"text": "x"}) for number in range(scenarios)),
    )
    return replace(given, spec=spec)


def test_a_cell_is_the_mean_of_its_tips_and_the_widest_scenarios_come_first() -> None:
    """Shades run from the scale's low end to its high end; an unscored place is None."""
    given = _scored(3, 2)
    tips = [given.tips.one(number) for number in range(len(given.tips))]
    scored = scored_tips([tip for tip in tips if (tip.scenario, tip.cell) != (2, 1)])
    grid = score_grid(replace(given, tips=scored))
    assert grid.cells == [("m0", "p"), ("m1", "p")]
    assert [row.scenario for row in grid.rows] == ["s1", "s0", "s2"]
    assert grid.rows[0].scores == [pytest.approx((2.0, 1)), pytest.approx((1.0, 0))]
    assert grid.rows[2].scores == [pytest.approx((3.0, 2)), None]
    assert grid.left_out == (0, 0)


def test_a_page_stays_small_and_says_what_it_leaves_out() -> None:
    """Five times the scenarios that are shown, and forty cells, are bounded."""
    given = _scored(5 * MOST_SCENARIOS, 40)
    grid = score_grid(given)
    assert (len(grid.rows), len(grid.cells)) == (MOST_SCENARIOS, MOST_CELLS)
    assert grid.left_out == (800, 10)
    page = render_page(given)
    assert "800 scenarios and 10 cells" in page
    assert len(page) < 1_500_000


def test_without_scores_there_is_no_matrix() -> None:
    """An empty one is not shown."""
    given = replace(_scored(3, 2), tips=scored_tips([]))
    assert score_grid(given).rows == []
    assert "Every scenario" not in render_page(given)
