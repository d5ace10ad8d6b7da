"""Gates on one cell of a leaderboard."""

from typing import Any

import pytest

from core.scoring.gates import Gates, UnknownCell, check_cell, gate
from core.scoring.leaderboard_row import LeaderboardRow


def _row(model: str, **known: Any) -> LeaderboardRow:
    fields = dict.fromkeys(LeaderboardRow.__struct_fields__)
    return LeaderboardRow(**{**fields, "model": model, "prompt": "p", **known})


ROWS = [
    _row("best", score=4.2, low=3.9, high=4.5, latency_p95_ms=800.0, cost_per_1k=0.5),
    _row("next", score=3.0, low=2.5, high=3.5),
    _row("none"),
]


@pytest.mark.parametrize(
    ("gates", "passed"),
    [
        (Gates(), []),
        (Gates(cell="next/p"), []),
        (Gates(min_score=3.9), [True]),
        (Gates(min_score=4.0), [False]),
        (Gates(min_score=3.9, max_failures=0.1, max_p95_ms=800, max_cost_per_1k=0.5), [True] * 4),
        (Gates(min_score=3.9, max_failures=0.01, max_p95_ms=799, max_cost_per_1k=0.4), [True, False, False, False]),
        (Gates(cell="next/p", min_score=2.5), [True]),
        (Gates(cell="next/p", max_p95_ms=1e9), [False]),
        (Gates(cell="none/p", min_score=1), [False]),
        (Gates(cell="other/p", min_score=1, max_failures=1), [False, False]),
    ],
)
def test_the_leader_or_the_named_cell_must_keep_each_limit(gates: Gates, passed: list[bool]) -> None:
    """The score by its interval's low end, the others by their points; what is not known fails."""
    found = gate(gates, ROWS, {"best/p": 0.05, "next/p": 0.0})
    assert [result.passed for result in found] == passed
    assert {result.severity for result in found} <= {"error"}


def test_without_scores_there_is_no_leader() -> None:
    """Every limit fails and says so; a named cell can still be asked for what needs no judge."""
    found = gate(Gates(min_score=1.0, max_failures=0.5), [ROWS[2]], {"none/p": 0.0})
    assert [(result.passed, "nobody has scored" in result.message) for result in found] == [(False, True)] * 2
    assert gate(Gates(cell="none/p", max_failures=0.5), [ROWS[2]], {"none/p": 0.0})[0].passed


def test_a_message_names_cell_value_and_limit() -> None:
    """For whoever reads the log of a failed build."""
    assert gate(Gates(min_score=4.0), ROWS, {})[0].message == (
        "best/p has a score whose interval begins at 3.9, at least 4 is asked"
    )


def test_a_latency_of_a_shared_machine_says_so() -> None:
    """The limit holds all the same; other limits and models are as they were."""
    gates = Gates(max_p95_ms=799, max_cost_per_1k=1)
    plain = [result.message for result in gate(gates, ROWS, {}, {"next"})]
    latency, cost = gate(gates, ROWS, {}, {"best"})
    assert not latency.passed
    assert latency.message == f"{plain[0]}; measured while other models ran on the same machine, so it is shorter alone"
    assert cost.message == plain[1]


def test_limits_for_a_cell_that_is_none_are_refused() -> None:
    """Before anything is computed, with the cells there are; limits for the leader name none."""
    cells = [("best", "p"), ("next", "p")]
    check_cell(Gates(min_score=1.0), cells)
    check_cell(Gates(cell="next/p"), cells)
    with pytest.raises(UnknownCell, match=r"cell 'other/p' is no cell of this experiment: use one of best/p, next/p"):
        check_cell(Gates(cell="other/p"), cells)
    assert gate(Gates(cell="best/p", min_score=1.0), [], {})[0].message == "best/p is on no published leaderboard yet"
