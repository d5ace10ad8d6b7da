"""The order by points alone is the leaderboard's."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.leaderboard import RankingQuery, leaderboard, order_key
from core.scoring.order import scores_in_order
from core.scoring.tally import Tally

CELLS = [(f"m{number}", "p") for number in range(6)]
RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("a", "first", 1.0), Criterion("b", "second", 3.0)))


def _tally(seed: int) -> Tally:
    """Five cells with gaps, of which two are equal and one only failed, and one cell without a score."""
    rng = np.random.default_rng(seed)
    present = rng.random((6, 20, 2)) < 0.8
    present[4:] = False
    cell, scenario, judge = np.nonzero(present)
    values = rng.integers(1, 6, (3, 20, 2, 2))[np.minimum(cell, 2), scenario, judge].astype(float)
    texts = present.any(axis=2).astype(int)
    failed = np.zeros((6, 20), int)
    failed[4] = 1
    none = np.zeros((6, 20), int)
    counts: dict[str, Any] = {"unscorable": none, "refused": none, "misconfigured": none, "cut_off": none}
    return Tally(
        cell, scenario, judge, np.ones(len(cell), int), values, texts=texts, failed=failed, judges=("x", "y"), **counts
    )  # fmt: skip


@pytest.mark.parametrize("policy", ["worst", "excluded"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cells_are_in_the_order_of_the_rows(policy: Any, seed: int) -> None:
    """Best first, ties by the order of the cells, those without a score left out."""
    query = RankingQuery(CELLS, RUBRIC, policy, "human", 0, None, 0, "hash")
    tally = _tally(seed)
    rows = leaderboard(query, tally, {})
    found = scores_in_order(query, tally)
    assert [CELLS[cell] for cell in found] == [(row.model, row.prompt) for row in rows if row.score is not None]
    assert list(found.values()) == pytest.approx([row.score for row in rows if row.score is not None])
    empty = replace(
        tally, **{name: getattr(tally, name)[:0] for name in ("cell", "scenario", "judge", "scored", "sums")}
    )
    assert scores_in_order(replace(query, policy="excluded"), empty) == {}


def test_scores_that_differ_by_rounding_are_tied() -> None:
    """Sums of the same numbers in another order neither rise nor fall; what differs by more does."""
    assert order_key(0.1 + 0.2) == order_key(0.3)
    assert order_key(3.0 + 1e-8) > order_key(3.0) > order_key(None)
