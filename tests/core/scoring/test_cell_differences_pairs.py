"""Every pair of cells: differences as the leaderboard has them, separated as its ranks count."""

import numpy as np

from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.cell_differences import CellPair, cell_pairs
from core.scoring.fitted_means import fit_means
from core.scoring.leaderboard import RankingQuery, leaderboard
from core.scoring.tally import Tally
from tests.core.scoring.tallies import scored_tally

RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("a", "first", 1.0),))
CELLS = [(f"m{number}", "p") for number in range(4)]
QUERY = RankingQuery(
    cells=CELLS, rubric=RUBRIC, policy="worst", kind="human", baseline=0, areas=None, seed=0, data_hash="hash"
)
SHAPE = (4, 40)


def _tally(scored: int = 4) -> Tally:
    """One judge over forty scenarios: of the cells that are scored the last is clearly best, the others much alike."""
    means = np.array([2.5, 2.6, 2.7, 4.2])[:, None]
    values = np.clip(means + np.random.default_rng(1).normal(0, 0.5, SHAPE), 1, 5)
    cell, scenario = (part.ravel() for part in np.indices((scored, SHAPE[1])))
    judge = np.zeros(len(cell), int)
    return scored_tally(SHAPE, cell, scenario, judge, values[:scored].reshape(-1, 1), ("j",))


def _pairs(tally: Tally) -> list[CellPair]:
    got = fit_means(tally, RUBRIC, "worst")
    return [] if got is None else cell_pairs(got, CELLS, 4.0, QUERY.seed)


def test_a_pair_with_the_baseline_is_what_the_row_says() -> None:
    """Difference and interval of each cell to the baseline are those of the leaderboard, the other way round."""
    rows = {(row.model, row.prompt): row for row in leaderboard(QUERY, _tally(), {})}
    pairs = [pair for pair in _pairs(_tally()) if pair.cell == CELLS[0]]
    assert [pair.other for pair in pairs] == CELLS[1:]
    for pair in pairs:
        row = rows[pair.other]
        assert row.diff is not None
        assert row.diff_low is not None
        assert row.diff_high is not None
        assert pair.low is not None
        assert pair.high is not None
        np.testing.assert_allclose([pair.diff, pair.low, pair.high], [-row.diff, -row.diff_high, -row.diff_low])


def test_what_is_separated_is_what_the_ranks_count() -> None:
    """Rank intervals follow from the pairs alone; p is small for each pair that is separated here."""
    pairs, rows = _pairs(_tally()), leaderboard(QUERY, _tally(), {})
    for row in rows:
        own = [pair for pair in pairs if pair.separated and (row.model, row.prompt) in {pair.cell, pair.other}]
        won = sum((pair.diff > 0) == (pair.cell == (row.model, row.prompt)) for pair in own)
        assert (row.rank_low, row.rank_high) == (1 + len(own) - won, len(CELLS) - won)
    surely = [pair for pair in pairs if pair.separated]
    assert {pair.other for pair in surely} == {CELLS[3]}
    assert all(pair.p_holm is not None and pair.p_holm < 0.05 for pair in surely)


def test_fewer_than_two_scored_cells_have_no_pair() -> None:
    """One cell, or none, has nobody to be compared with."""
    assert _pairs(_tally(1)) == []
    assert _pairs(_tally(0)) == []
