"""What can be shown and decided: Dunnett's table, simulated power, and the sentences."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from core.choosing.planning import (
    Spread,
    assumed,
    dunnett,
    plan_decision,
    scenarios_for,
    seen,
    smallest_difference,
)
from core.estimate.student import t_quantile
from tests.core.choosing.rows import row

TABLE = [
    (5, 2, 2.44), (5, 9, 3.30), (10, 2, 2.15), (10, 3, 2.34), (20, 4, 2.30), (30, 9, 2.54), (60, 5, 2.28),
    (math.inf, 1, 1.64), (math.inf, 2, 1.92), (math.inf, 4, 2.16), (math.inf, 9, 2.42),
]  # fmt: skip
"""Dunnett (1955), table 1a: joint one-sided 95 % by degrees of freedom and the number of treatments."""


@pytest.mark.parametrize(("df", "others", "value"), TABLE)
def test_critical_values_are_those_of_the_published_table(df: float, others: int, value: float) -> None:
    """To the two digits that were printed, and .01 for the integral over few degrees of freedom."""
    assert dunnett(df, others, 0.95) == pytest.approx(value, abs=0.013 if df < 12 else 0.006)


def test_critical_values_are_those_of_multcomp() -> None:
    """For one to nineteen others: within .02 at 5 degrees of freedom, .01 at 10 and .005 from 20 on."""
    golden = Path(__file__).parents[2] / "golden" / "statistics" / "multcomp.json"
    for each in json.loads(golden.read_text("utf-8"))["table"]:
        near = {5: 0.02, 10: 0.01}.get(each["df"], 0.005)
        assert dunnett(each["df"], each["others"], 0.95) == pytest.approx(each["value"], abs=near)


@pytest.mark.parametrize(("cells", "scenarios"), [(5, 278), (20, 451)])
def test_so_many_scenarios_name_the_cheapest_of_equal_cells_with_four_in_five(cells: int, scenarios: int) -> None:
    """By drawing scores of equal cells, whose differences have the planned spread, and applying the rule to them."""
    sd, margin = 0.92, 0.2
    assert scenarios_for(cells, margin, sd) == pytest.approx(scenarios, abs=3)
    chance = np.random.default_rng(7)
    means = chance.normal(0, sd / math.sqrt(2 * scenarios), (20_000, cells))
    error = sd / math.sqrt(scenarios)
    lower = means[:, [0]] - means[:, 1:] - dunnett(scenarios - 1, cells - 1, 0.95) * error
    assert (lower.min(axis=1) >= -margin).mean() == pytest.approx(0.8, abs=0.012)


def test_the_smallest_difference_is_found_with_four_in_five() -> None:
    """By t tests of drawn differences of that size, at .05 shared among four."""
    found = smallest_difference(5, 60, 0.92)
    assert found is not None
    chance = np.random.default_rng(3)
    drawn = chance.normal(found, 0.92, (20_000, 60))
    t = drawn.mean(axis=1) / drawn.std(axis=1, ddof=1) * math.sqrt(60)
    assert (t > t_quantile(59, 1 - 0.025 / 4)).mean() == pytest.approx(0.8, abs=0.015)


def test_too_few_scenarios_or_cells_show_nothing() -> None:
    """As a leaderboard has no interval then; a single cell has none to be chosen among."""
    assert smallest_difference(5, 4, 0.92) is None
    assert smallest_difference(1, 60, 0.92) is None
    assert scenarios_for(1, 0.2, 0.92) is None
    assert plan_decision(1, 60, 0.2, assumed(4), has_looks=False).sentences == []
    assert "no difference can be shown" in plan_decision(2, 3, 0.2, assumed(4), has_looks=False).sentences[0]


def test_a_wide_margin_takes_few_scenarios_at_bonferronis_value() -> None:
    """As a choice among few scenarios has it."""
    needed = scenarios_for(5, 1.0, 0.92)
    assert needed is not None
    assert 10 < needed < 40


def test_a_leaderboard_tells_the_spread_of_its_differences() -> None:
    """From the intervals to the baseline; a program's board and few scenarios tell nothing."""
    half = float(t_quantile(59, 0.975)) * 0.8 / math.sqrt(60)
    rows = [row("north"), row("south", diff=0.1, diff_low=0.1 - half, diff_high=0.1 + half)]
    found = seen(rows, "tip-bench-old")
    assert found is not None
    assert [found.sd, found.low, found.high] == pytest.approx([0.8, 0.8, 0.8])
    assert seen([row("north")], "tip-bench-old") is None
    assert seen([row("south", diff_low=-1.0, diff_high=1.0, judge_kind="program")], "tip-bench-old") is None
    assert seen([row("south", diff_low=-1.0, diff_high=1.0, n_scenarios=9)], "tip-bench-old") is None


def test_the_sentences_say_what_the_numbers_rest_on_and_that_looks_are_planned_first() -> None:
    """The hint only where scenarios are missing and nobody has planned looks yet."""
    said = plan_decision(5, 60, 0.2, assumed(4), has_looks=False).sentences
    assert said[0].startswith("60 scenarios show a difference of 0.41 or more to the baseline")
    assert said[1].startswith("choose --margin 0.2 takes about 278 scenarios")
    assert "0.92 of a scenario's difference, which is assumed" in said[2]
    assert "--looks K --max-scenarios N" in said[3]
    old = Spread(0.5, 0.4, 0.6, "tip-bench-old")
    assert (
        "as in tip-bench-old, where cells have 0.4 to 0.6"
        in plan_decision(5, 60, 0.2, old, has_looks=True).sentences[2]
    )
    assert len(plan_decision(5, 60, 0.2, assumed(4), has_looks=True).sentences) == 3
    assert len(plan_decision(5, 600, 0.2, assumed(4), has_looks=False).sentences) == 3
