"""Notes on judges, and differences that hold for other judges."""

from typing import Any

import numpy as np
import pytest
from scipy.special import stdtrit

from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.judge_effects import interaction_variance, judge_notes, new_judges_rows
from core.scoring.leaderboard import RankingQuery, leaderboard
from core.scoring.tally import Tally
from tests.core.scoring.tallies import scored_tally

QUERY = RankingQuery(
    cells=[("m0", "p"), ("m1", "p"), ("m2", "p")],
    rubric=Rubric("r", "1", Scale(1, 5), (Criterion("a", "first"),)),
    policy="worst",
    kind="human",
    baseline=1,
    areas=None,
    seed=0,
    data_hash="hash",
)


def _tally(values: Any) -> Tally:
    """One tip a (cell, scenario) with values (cells, scenarios, judges), nan where a judge did not score."""
    cell, scenario, judge = np.nonzero(~np.isnan(values))
    judges = tuple(f"j{number}" for number in range(values.shape[2]))
    return scored_tally(values.shape[:2], cell, scenario, judge, values[cell, scenario, judge][:, None], judges)


def _values(judges: int, scenarios: int = 12) -> Any:
    rng = np.random.default_rng(judges)
    return np.clip(3 + rng.normal(0, 0.4, (3, 1, judges)) + rng.normal(0, 0.6, (3, scenarios, judges)), 1, 5)


def test_new_judges_rest_on_scenarios_that_all_judges_scored_in_both_cells() -> None:
    """Each cell with the baseline has its own scenarios; estimate and interval equal the formula on those, by loops."""
    values = _values(6)
    values[0, 2, 3] = values[1, 5, 0] = values[2, 7, 1] = values[2, 8, 5] = np.nan
    rows = new_judges_rows(QUERY, _tally(values))
    assert [(row.model, row.n_scenarios) for row in rows] == [("m0", 10), ("m2", 9)]
    for row in rows:
        own = int(row.model[1])
        table = [
            [values[own, s, j] - values[1, s, j] for j in range(6)]
            for s in range(12)
            if not any(np.isnan(values[c, s, j]) for c in (own, 1) for j in range(6))
        ]
        g = len(table)
        v_s = float(np.var([sum(line) / 6 for line in table], ddof=1)) / g
        v_j = float(np.var([sum(line[j] for line in table) / g for j in range(6)], ddof=1)) / 6
        df = (v_s + v_j) ** 2 / (v_s**2 / (g - 1) + v_j**2 / 5)
        mean, reach = sum(map(sum, table)) / (6 * g), stdtrit(df, 0.975) * (v_s + v_j) ** 0.5
        assert row.diff == pytest.approx(mean)
        assert row.low == pytest.approx(mean - reach)
        assert row.high == pytest.approx(mean + reach)


def test_four_judges_say_nothing_of_others() -> None:
    """Below five judges there are no rows; neither are there without a score of the baseline."""
    assert new_judges_rows(QUERY, _tally(_values(4))) == []
    assert len(new_judges_rows(QUERY, _tally(_values(5)))) == 2
    values = _values(5)
    values[1] = np.nan
    assert new_judges_rows(QUERY, _tally(values)) == []


def test_four_common_scenarios_are_too_few_for_new_judges() -> None:
    """The cell keeps its row and its count, without a number; five are enough."""
    values = _values(5)
    values[0, 4:, 0] = np.nan
    values[2, 5:, 4] = np.nan
    short, enough = new_judges_rows(QUERY, _tally(values))
    assert (short.n_scenarios, short.diff, short.low, short.high) == (4, None, None, None)
    assert enough.n_scenarios == 5
    assert enough.low is not None


def test_equal_differences_have_no_interval_for_new_judges() -> None:
    """Where neither scenarios nor judges differ the point stands alone."""
    values = _values(5)
    values[0] = values[1] - 0.25
    row = new_judges_rows(QUERY, _tally(values))[0]
    assert row.diff == pytest.approx(-0.25)
    assert (row.low, row.high) == (None, None)


def test_the_notes_say_who_moves_without_a_judge() -> None:
    """Two cells that change places are named; where nothing moves the order stays, and equal cells are no change."""
    values = np.full((3, 6, 3), 3.0) + np.linspace(0, 0.5, 6)[None, :, None]
    values[0, :, 0] += 1.0
    values[1, :, 1:] += 0.25
    values[2] -= 1.0
    said = judge_notes(QUERY, _tally(values))[-3:]
    assert said == [
        "Without j0, m1/p and m0/p change places.",
        "Without j1, the order of the cells stays.",
        "Without j2, the order of the cells stays.",
    ]
    values[0, :, 1:] = values[1, :, 1:]
    assert judge_notes(QUERY, _tally(values))[-1] == "The order of the cells stays without any one of the judges."
    values[1:] = np.nan
    assert judge_notes(QUERY, _tally(values)) == [], "one cell has no order"


def test_judges_who_differ_by_a_constant_have_no_interaction() -> None:
    """A lenient judge is no judge × cell variance."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(4, 1, 30)) + np.array([0.0, 1.0, 2.0])[None, :, None]
    assert interaction_variance(table) == pytest.approx(0, abs=1e-12)


def test_the_variance_is_found_on_average() -> None:
    """Over many draws the estimate of a planted variance of 0.04 is unbiased within Monte Carlo error."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(400):
        planted = rng.normal(0, 0.2, (6, 5, 1))
        noise = rng.normal(0, 0.35, (6, 5, 30))
        found.append(interaction_variance(planted + noise + rng.normal(size=(6, 1, 30))))
    assert np.mean(found) == pytest.approx(0.04, abs=0.003)


def test_unequal_parts_are_said_marked_and_counted_in() -> None:
    """Judges who like other cells and scored other parts of them: the mark, the sentence, and wider intervals."""
    rng = np.random.default_rng(4)
    values = np.clip(3 + rng.normal(0, 0.6, (3, 1, 6)) + rng.normal(0, 0.3, (3, 40, 6)), 1, 5)
    even = leaderboard(QUERY, _tally(values), {})
    assert all("uneven_judges" not in row.marks for row in even)
    assert not any("unequal parts" in note for note in judge_notes(QUERY, _tally(values)))
    seen = np.array([0.9, 0.6, 0.3])[np.add.outer(np.arange(3), np.arange(6)) % 3]
    values[rng.random(values.shape) > seen[:, None, :]] = np.nan
    tally = _tally(values)
    rows = leaderboard(QUERY, tally, {})
    assert [row.marks for row in rows] == [("uneven_judges",)] * 3
    for row, whole in zip(sorted(rows, key=lambda r: r.model), sorted(even, key=lambda r: r.model), strict=True):
        assert row.low is not None
        assert row.high is not None
        assert whole.low is not None
        assert whole.high is not None
        assert row.high - row.low > 3 * (whole.high - whole.low)
    assert [note for note in judge_notes(QUERY, tally) if "unequal parts" in note] == [
        "Judges scored unequal parts of m0/p, m1/p, m2/p: intervals count in how differently they see a cell (standard "
        "deviation 0.60 rubric units). Have all judges score the same tips."
    ]
