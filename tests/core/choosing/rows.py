"""Rows of a board and comparisons of its cells, as a test states them."""

from typing import Any

import numpy as np

from core.choosing.choice import ChoiceBoard, LookView
from core.choosing.comparisons import Comparisons
from core.scoring.leaderboard_row import Estimate, LeaderboardRow

BOARD = ChoiceBoard("0" * 64, "human", ("anna",), 60)
LOOK = LookView(1, 1, 60, 0.95)


def row(model: str, score: float | None = 4.0, **more: Any) -> LeaderboardRow:
    """A cell of the prompt p, scored in 60 scenarios; `more` are fields that differ."""
    given: dict[str, Any] = {
        "judge_kind": "human", "score": score, "low": None if score is None else score - 0.3,
        "high": None if score is None else score + 0.3, "rank_low": 1, "rank_high": 1, "diff": None, "diff_low": None,
        "diff_high": None, "diff_sim_low": None, "diff_sim_high": None, "p_holm": None,
        "criteria": {"clear": Estimate(4.0, 3.6, 4.4), "limits": Estimate(1.0, 0.94, 1.0, gate=True, n=60)},
        "n_scenarios": 60, "n_judges": 1, "n_scored": 60, "n_pending": 0, "n_failed": 0, "n_refused": 0,
        "n_misconfigured": 0, "n_cut": 0, "n_unscorable": 0, "coverage": 1.0, "provisional": False, "marks": (),
        "mean_length": 9.0, "tokens": 12.0, "cost_per_1k": 1.0, "latency_p50_ms": 100.0, "latency_p95_ms": 200.0,
        "data_hash": "0" * 64,
    }  # fmt: skip
    return LeaderboardRow(model=model, prompt="p", **{**given, **more})


def compared(rows: list[LeaderboardRow], error: float, times: float = 2.0, scaled: float = 2.0) -> Comparisons:
    """Comparisons of cells with a score, the rows in the order of the cells, all with this error."""
    scores = np.array([each.score for each in rows], float)
    k = len(rows)
    return Comparisons(
        cells=tuple(range(k)),
        diff=scores[:, None] - scores[None, :],
        se=np.full((k, k), error),
        error=np.full((k, k), error),
        skew=np.zeros((k, k)),
        has_limits=~np.eye(k, dtype=bool),
        same=np.eye(k, dtype=bool),
        times=np.full(k, times),
        both_sides=np.full(k, times + 0.2),
        scaled=lambda _: scaled,
        scenarios=60,
    )
