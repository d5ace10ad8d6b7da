"""A cell against the same cell elsewhere: passed, failed or undecided by one-sided limits on common scenarios."""

from typing import Any

import numpy as np
import pytest

from core.choosing.against import Drop, drop_in_words, hold_against
from core.estimate.student import t_quantile
from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.tally import Tally
from tests.core.scoring.tallies import scored_tally

RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("clear", "Is it clear?", 1.0),))


def tally(values: Any, cells: int = 2) -> Tally:
    """One judge's scores of the second of two cells, by scenario; a scenario of nan is not scored."""
    given = np.asarray(values, float)
    scored = np.flatnonzero(~np.isnan(given))
    n = len(scored)
    return scored_tally(
        (cells, len(given)), np.full(n, 1), scored, np.zeros(n, int), given[scored][:, None], ("anna",)
    )  # fmt: skip


def hold(now: Any, there: Any, max_drop: float) -> Drop:
    """The second cell of one tally against that of another."""
    return hold_against((tally(now), 1), (tally(there), 1), RUBRIC, "worst", max_drop)


def test_limits_are_the_paired_ts_of_95_percent_to_one_side() -> None:
    """By the differences of scenarios, in rubric units; forty of them, which do not crowd."""
    generator = np.random.default_rng(1)
    there = generator.uniform(2.5, 3.5, 40)
    now = there - 0.1 + generator.normal(0, 0.5, 40)
    found = hold(now, there, 0.2)
    own = now - there
    error = own.std(ddof=1) / 40**0.5
    assert found.scenarios == 40
    assert found.diff == pytest.approx(own.mean())
    assert found.low == pytest.approx(own.mean() - t_quantile(39, 0.95) * error)
    assert found.high == pytest.approx(own.mean() + t_quantile(39, 0.95) * error)


@pytest.mark.parametrize(("drop", "verdict"), [(0.5, "passed"), (0.3, "undecided"), (0.1, "failed")])
def test_it_is_undecided_between_both_limits(drop: float, verdict: str) -> None:
    """The same drop of .3, give or take .1, by how much may be lost."""
    generator = np.random.default_rng(2)
    there = generator.uniform(2.5, 3.5, 30)
    assert hold(there - 0.3 + generator.normal(0, 0.2, 30), there, drop).verdict == verdict


def test_four_common_scenarios_decide_nothing() -> None:
    """Those count in which both cells have a score."""
    few = [3.0, 3.1, 3.2, 3.3, np.nan, 4.0]
    found = hold(few, [3.0, 3.2, 3.1, 3.4, 3.0, np.nan], 3.0)
    assert (found.verdict, found.scenarios, found.low) == ("undecided", 4, None)
    assert hold([np.nan] * 3, [np.nan] * 3, 1.0) == Drop("undecided", None, None, None, 0)


def test_equal_scores_count_by_the_point() -> None:
    """A cell that is scored as before has not dropped, and one that lost the same everywhere has."""
    there = [2.0, 3.0, 4.0, 3.5, 2.5, 3.0]
    assert hold(there, there, 0.0).verdict == "passed"
    assert hold(np.array(there) - 0.5, there, 0.4).verdict == "failed"


def test_a_cell_that_is_as_bad_as_it_may_be_passes_in_one_of_twenty() -> None:
    """1,000 samples of 40 scenarios; two Monte Carlo errors are 1.4 points."""
    generator = np.random.default_rng(3)
    passed = 0
    for _ in range(1000):
        there = generator.uniform(2.8, 3.2, 40)
        passed += hold(there - 0.2 + generator.normal(0, 0.5, 40), there, 0.2).verdict == "passed"
    assert 36 <= passed <= 64


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (
            Drop("passed", -0.05, -0.12, 0.02, 60),
            "scores -0.05 against OTHER on 60 common scenarios, at least -0.12",
        ),
        (Drop("failed", -0.5, -0.6, -0.4, 60), "it is surely more than 0.2 lower"),
        (Drop("undecided", -0.2, -0.3, 0.1, 60), "more scenarios would"),
        (Drop("undecided", -0.2, None, None, 4), "on 4 common scenarios: too few"),
        (Drop("undecided", None, None, None, 1), "1 common scenario with scores in both"),
    ],
)
def test_what_was_found_is_a_sentence(held: Drop, said: str) -> None:
    """With the limits, where there are any."""
    assert said in drop_in_words(held, "m/p", "OTHER", 0.2)
