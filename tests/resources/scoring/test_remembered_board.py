"""A board that was computed last is fitted once, and any other input gives another board."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.leaderboard import CellCosts, RankingQuery, leaderboard
from core.scoring.tally import Tally
from resources.scoring import remembered_board
from resources.scoring.remembered_board import board_of

RUBRIC = Rubric("r", "1", Scale(0, 1), (Criterion("win", "Wins"),))
CELLS, SCENARIOS = 2, 12
COSTS = {0: CellCosts(mean_length=4.0), 1: CellCosts(mean_length=5.0)}


def _given() -> tuple[RankingQuery, Tally]:
    cell, scenario = np.divmod(np.arange(CELLS * SCENARIOS), SCENARIOS)
    ones, none = np.ones((CELLS, SCENARIOS), np.int64), np.zeros((CELLS, SCENARIOS), np.int64)
    sums = np.random.default_rng(1).uniform(size=(len(cell), 1))
    scored, judge = np.ones(len(cell), np.int64), np.zeros(len(cell), np.int64)
    tally = Tally(cell, scenario, judge, scored, sums, none, ones, none, none, none, none, ("anna",))
    return RankingQuery([("a", "p"), ("b", "p")], RUBRIC, "worst", "human", 0, None, 0, "hash"), tally


def test_the_same_counts_are_fitted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever arrays hold them; the rows are those of the leaderboard."""
    calls = []

    def counted(*given: Any) -> Any:
        calls.append(given)
        return leaderboard(*given)

    monkeypatch.setattr(remembered_board, "leaderboard", counted)
    boards = [board_of(*_given(), COSTS), board_of(*_given(), dict(reversed(COSTS.items())))]
    assert boards == [leaderboard(*_given(), COSTS)] * 2
    assert len(calls) == 1


def test_other_counts_or_another_question_give_another_board() -> None:
    """One score, one length, any count of tips, the failure policy and the baseline each enter it."""
    query, tally = _given()
    first = board_of(query, tally, COSTS)
    sums = tally.sums.copy()
    sums[3] += 0.25
    others = [
        board_of(query, replace(tally, sums=sums), COSTS),
        board_of(query, tally, COSTS | {1: CellCosts(mean_length=6.0)}),
        board_of(replace(query, baseline=1), tally, COSTS),
        board_of(replace(query, cells=[("a", "q"), ("b", "p")]), tally, COSTS),
        *(
            board_of(query, replace(tally, **{name: getattr(tally, name) + 1}), COSTS)
            for name in (field.name for field in fields(Tally))
            if name in {"texts", "failed", "unscorable"}
        ),
    ]
    assert all(board != first for board in others)
    assert board_of(query, tally, COSTS) == first
