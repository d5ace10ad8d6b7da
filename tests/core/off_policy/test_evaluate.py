"""The six rows: their order and numbers, what refuses which of them, and how often their intervals hold the truth."""

import math
from collections import Counter

import numpy as np
import pytest

from core.estimate.design import Ints
from core.off_policy.decisions import Decisions, TargetPolicy
from core.off_policy.estimators import clipped_ips
from core.off_policy.evaluate import ActionCounts, PolicyEstimate, evaluate
from core.off_policy.refusals import effective_size
from tests.core.off_policy.logs import ACTIONS, policy_of, simulated, taken, weights

NAMES = ["a", "b", "c", "d"]
ORDER = ["ips", "snips", "clipped_ips", "dm", "dr", "switch_dr"]


def _counts(action: Ints) -> ActionCounts:
    counts = np.bincount(action, minlength=ACTIONS)
    return ActionCounts(NAMES, counts, counts)


def _evaluated(decisions: Decisions, target: TargetPolicy) -> dict[str, PolicyEstimate]:
    return {row.estimator: row for row in evaluate(decisions, target, _counts(decisions.action))}


def test_rows_have_the_fields_of_the_command_in_order() -> None:
    """With numbers of the weights that each estimator uses; by default weights are clipped at the root of n."""
    found = simulated(1, 400, 100)
    rows = evaluate(found.decisions, found.target, _counts(found.decisions.action), 1.2)
    assert [row.estimator for row in rows] == ORDER
    fields = ["estimator", "value", "low", "high", "n", "ess", "mean_weight", "max_weight", "refused"]
    assert list(PolicyEstimate.__struct_fields__) == fields
    ips, clipped = rows[0], rows[2]
    weight = weights(found)
    assert (ips.n, ips.max_weight) == (400, weight.max())
    assert ips.ess == pytest.approx(effective_size(weight))
    assert clipped.max_weight == 1.2
    assert clipped.value == clipped_ips(weight, found.decisions.reward, 1.2).value
    assert all(row.refused is None and row.low is not None for row in rows)
    assert max(weight) < math.sqrt(400)
    assert _evaluated(found.decisions, found.target)["clipped_ips"].value == ips.value


def test_a_refused_estimate_has_its_value_and_no_interval() -> None:
    """Few decisions refuse each estimator by its own weights."""
    found = simulated(2, 60, 60)
    rows = _evaluated(found.decisions, found.target)
    assert all(row.refused and "effective sample size" in row.refused for row in rows.values())
    assert all(row.value is not None and row.low is None and row.high is None for row in rows.values())


def test_propensities_that_are_not_true_refuse_what_rests_on_them() -> None:
    """The direct method does not; without any weight SNIPS has no value either."""
    found = simulated(3, 1_000, 1_000)
    given = found.decisions
    wrong = Decisions(given.features, given.action, given.user, given.propensity / 2, given.reward)
    rows = _evaluated(wrong, found.target)
    assert {name for name, row in rows.items() if row.refused} == set(ORDER) - {"dm"}
    assert all("propensities" in str(row.refused) for name, row in rows.items() if name != "dm")


def test_a_target_of_actions_that_were_never_logged_refuses_all() -> None:
    """The model would guess; SNIPS has no value where every weight is 0."""
    found = simulated(4, 600, 600)
    rows = np.flatnonzero(found.decisions.action != 3)
    decisions, _ = taken(found, rows)
    only_last = policy_of(np.tile([0.0, 0.0, 0.0, 1.0], (len(rows), 1)))
    evaluated = _evaluated(decisions, only_last)
    assert all("never logged (d)" in str(row.refused) for row in evaluated.values())
    assert evaluated["snips"].value is None
    assert evaluated["ips"].value == 0.0


def test_decisions_that_were_not_shown_alike_refuse_all() -> None:
    """Where the share shown differs between actions, as the counts say."""
    found = simulated(5, 800, 400)
    shown = np.bincount(found.decisions.action, minlength=ACTIONS)
    counts = ActionCounts(NAMES, shown + np.array([200, 0, 0, 0]), shown)
    assert all("chi-square" in str(row.refused) for row in evaluate(found.decisions, found.target, counts))


def test_one_reward_for_all_has_no_interval() -> None:
    """Where an estimator comes to the same value for each decision; IPS has the spread of its weights."""
    given = simulated(6, 500, 500)
    same = Decisions(
        given.decisions.features, given.decisions.action, given.decisions.user, given.decisions.propensity, np.ones(500)
    )
    rows = _evaluated(same, given.target)
    assert all("the same value" in str(rows[name].refused) for name in ("snips", "dm", "dr", "switch_dr"))
    assert all(rows[name].value == pytest.approx(1) for name in ("snips", "dm", "dr", "switch_dr"))
    assert rows["ips"].refused is None


def test_weights_beyond_the_range_of_numbers_make_no_value() -> None:
    """Propensities as small as floating point has them; the direct method does not look at them."""
    given = simulated(8, 400, 400).decisions
    tiny = Decisions(given.features, given.action, given.user, np.full(400, 5e-324), given.reward)
    rows = _evaluated(tiny, policy_of(np.full((400, ACTIONS), 0.25)))
    assert {name: (row.value is None, bool(row.refused)) for name, row in rows.items()} == {
        "ips": (True, True),
        "snips": (True, True),
        "clipped_ips": (False, True),
        "dm": (False, False),
        "dr": (True, True),
        "switch_dr": (False, True),
    }


def test_a_few_users_are_refused_whatever_they_decided() -> None:
    """Nineteen with a hundred decisions each."""
    found = simulated(7, 1_900, 19)
    assert all("19 users" in str(row.refused) for row in _evaluated(found.decisions, found.target).values())


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Of 60 seeded logs of 600 decisions of 60 users, at least nine in ten for each estimator."""
    held: Counter[str] = Counter()
    for seed in range(60):
        found = simulated(seed, 600, 60)
        for name, row in _evaluated(found.decisions, found.target).items():
            assert row.low is not None
            assert row.high is not None
            held[name] += row.low <= found.truth <= row.high
    assert all(54 <= held[name] <= 60 for name in ORDER), held
