"""The fold over signals: late, twice and in any order they come to the same counts, and to those of the whole log."""

import itertools
import random

import numpy as np
import pytest

from core.policies.configuration import LinUcbPolicy, Policy, ThompsonPolicy
from core.policies.features import Features
from core.policies.reactions import (
    HOUR,
    UNKNOWN,
    ArmChoice,
    OtherDecision,
    TipHistory,
    TipReaction,
    counted,
    decided,
    reacted,
    updated,
)
from core.policies.state import ArmCounts, counts_hash, summed
from tests.core.policies.signals import Signal, folded, simulated, whole

SHOWN, ACTED = TipReaction.SHOWN, TipReaction.ACTED
CHOICE = ArmChoice("a", 1_000)
COLUMNS = (("area", ("work", "health")), ("surface", ("home",)))
POLICIES: list[Policy] = [ThompsonPolicy(reward_within_hours=1), LinUcbPolicy(columns=COLUMNS)]


def _history(*reactions: tuple[TipReaction, int]) -> TipHistory:
    found = decided(UNKNOWN, CHOICE)
    for reaction, at in reactions:
        found = reacted(found, reaction, at)
    return found


@pytest.mark.parametrize(
    ("reactions", "shown", "acted"),
    [
        ([], 0, 0),
        ([(ACTED, 2_000)], 0, 0),
        ([(SHOWN, 2_000)], 1, 0),
        ([(SHOWN, 2_000), (ACTED, 2_000 + HOUR)], 1, 1),
        ([(SHOWN, 2_000), (ACTED, 2_001 + HOUR)], 1, 0),
        ([(SHOWN, 2_000), (SHOWN, 9_000), (ACTED, 9_000 + HOUR)], 1, 0),
        ([(SHOWN, 2_000), (ACTED, 1_500)], 1, 1),
        ([(SHOWN, 2_000), (ACTED, 999)], 1, 0),
        ([(SHOWN, 999), (ACTED, 2_000)], 0, 0),
        ([(SHOWN, 2_000), (ACTED, 999), (ACTED, 3_000)], 1, 1),
    ],
)
def test_the_reward_is_the_first_act_in_time(reactions: list[tuple[TipReaction, int]], shown: int, acted: int) -> None:
    """Within the policy's hours of the first display; nothing counts that bears a time before the decision."""
    for order in itertools.permutations(reactions):
        found = counted(_history(*order), POLICIES[0]).get("a", ArmCounts())
        assert (found.shown, found.acted) == (shown, acted)


def test_reactions_before_the_decision_are_reported() -> None:
    """Whether they come before it or after it."""
    late = decided(reacted(reacted(UNKNOWN, ACTED, 999), SHOWN, 1_001), CHOICE)
    assert late == _history((ACTED, 999), (SHOWN, 1_001))
    assert late.too_early == {ACTED}
    assert counted(reacted(UNKNOWN, SHOWN, 5), POLICIES[0]) == {}


def test_another_decision_of_one_id_is_refused() -> None:
    """The same one again changes nothing."""
    once = _history((SHOWN, 2_000))
    assert decided(once, CHOICE) == once
    with pytest.raises(OtherDecision, match="'a' and 'b'"):
        decided(once, ArmChoice("b", 1_000))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.kind)
@pytest.mark.parametrize("seed", range(5))
def test_every_order_and_split_of_a_log_comes_to_the_same(policy: Policy, seed: int) -> None:
    """With signals twice, and parts that know only their own decisions; live, in parts and at once."""
    chance = random.Random(seed)  # noqa: S311  # a seeded shuffle
    signals = simulated(seed, 60)
    at_once = counts_hash(whole(policy, signals).counts)
    disordered = [*signals, *chance.sample(signals, 40)]
    chance.shuffle(disordered)
    assert counts_hash(folded(policy, signals)) == at_once
    assert counts_hash(folded(policy, disordered)) == at_once
    parts: list[list[Signal]] = [[], [], []]
    for signal in disordered:
        parts[signal.decision % 3].append(signal)
    assert counts_hash(summed(folded(policy, part) for part in parts)) == at_once


def test_an_update_takes_back_what_it_replaces() -> None:
    """A display that is found to be earlier ends the time of an act that had counted."""
    policy = POLICIES[1]
    choice = ArmChoice("a", 0, Features(area="health"))
    before = reacted(reacted(decided(UNKNOWN, choice), SHOWN, 80 * HOUR), ACTED, 81 * HOUR)
    after = reacted(before, SHOWN, HOUR)
    counts = updated({}, UNKNOWN, before, policy)
    assert (counts["a"].acted, counts["a"].acted_with.tolist()) == (1, [1, 0, 1, 0])
    counts = updated(counts, before, after, policy)
    assert (counts["a"].shown, counts["a"].acted, counts["a"].acted_with.tolist()) == (1, 0, [0, 0, 0, 0])
    assert np.array_equal(counts["a"].together, np.outer([1, 0, 1, 0], [1, 0, 1, 0]))
