"""Promotions on a real home: recorded, in force for the next request, sticky, rolled back, stopped."""

import pytest

from contracts.refusals import Conflict, InvalidInput
from contracts.tips.policy_administration import LONGEST_POLICY, LONGEST_REASON, PromotionKind
from core.policies.assignment import in_canary
from core.policies.configuration import EpsilonGreedyPolicy, RandomPolicy, ThompsonPolicy, policy_hash
from services.recommender.tables import DECISIONS, PROMOTIONS
from tests.services.recommender.world import World

RANDOM, THOMPSON, GREEDY = (policy_hash(policy) for policy in (RandomPolicy(), ThompsonPolicy(), EpsilonGreedyPolicy()))
USERS = [f"user-{number}" for number in range(24)]


def _drawn(world: World) -> dict[str, str]:
    """The hash of the policy that draws for each user now."""
    return {user: world.ask(user, area="work", k=1).policy.hash for user in USERS}


def test_the_policy_of_the_settings_is_the_first(here: World) -> None:
    """It draws until there is a promotion, of which every process on the home knows at its next request."""
    (first,) = here.recommender.promotions()
    assert (first.version, first.kind, first.policy.hash, first.at) == (0, PromotionKind.FIRST, RANDOM, None)
    other = here.module()
    made = other.promote('kind = "thompson"', 1.0, " It learns. ", "admin-1")
    assert (made.version, made.reason, made.by, made.policy.hash) == (1, "It learns.", "admin-1", THOMPSON)
    assert here.ask().policy.hash == THOMPSON
    assert [row.promotion for row in here.rows(DECISIONS)] == [1]
    assert [each.version for each in here.recommender.promotions()] == [1, 0]


def test_a_trial_is_for_a_share_of_users_who_stay_in_it(world: World) -> None:
    """Who is in it follows from the user alone; a larger share adds users; then all have it, or none."""
    world.recommender.promote('kind = "thompson"', 0.3, "Try it.", "admin-1")
    first = _drawn(world)
    assert first == {user: THOMPSON if in_canary(user, THOMPSON, 0.3) else RANDOM for user in USERS}
    assert set(first.values()) == {THOMPSON, RANDOM}
    world.recommender.promote('kind = "thompson"', 0.6, "More.", "admin-1")
    second = _drawn(world)
    assert {user for user in USERS if first[user] == THOMPSON} < {user for user in USERS if second[user] == THOMPSON}
    world.recommender.promote('kind = "thompson"', 1.0, "For all.", "admin-2")
    assert set(_drawn(world).values()) == {THOMPSON}
    back = world.recommender.roll_back("Worse.", "admin-2")
    assert (back.kind, back.version, back.policy.hash, back.canary) == (PromotionKind.ROLLED_BACK, 4, RANDOM, None)
    assert set(_drawn(world).values()) == {RANDOM}
    assert [row.by for row in world.rows(PROMOTIONS)] == ["admin-1", "admin-1", "admin-2", "admin-2"]


def test_roll_backs_go_back_one_promotion_each(here: World) -> None:
    """Never forward again, past the first there is none; stopping draws at random, and is rolled back like others."""
    here.recommender.promote('kind = "thompson"', 1.0, "One.", "a")
    here.recommender.promote('kind = "epsilon_greedy"', 1.0, "Two.", "a")
    stopped = here.recommender.stop_policies("Fire.", "a")
    assert (stopped.kind, stopped.policy.hash) == (PromotionKind.STOPPED, RANDOM)
    with pytest.raises(Conflict):
        here.recommender.stop_policies("Again.", "a")
    found = [here.recommender.roll_back("Back.", "a").policy.hash for _ in range(3)]
    assert found == [GREEDY, THOMPSON, RANDOM]
    with pytest.raises(Conflict, match="no promotion to roll back"):
        here.recommender.roll_back("Once more.", "a")
    assert len(here.rows(PROMOTIONS)) == 6


@pytest.mark.parametrize(
    ("policy", "share", "reason", "path"),
    [
        ("kind = 'no-such'", 1.0, "why", ("policy", "kind")),
        ("kind = 'thompson'\nfloor = 2.0", 1.0, "why", ("policy", "floor")),
        ("kind = ", 1.0, "why", ("policy",)),
        ("x" * (LONGEST_POLICY + 1), 1.0, "why", ("policy",)),
        ("a." * 1_500 + "b = 1", 1.0, "why", ("policy",)),
        ("kind = 'linucb'\ncolumns = {area = ['\ud800']}", 1.0, "why", ("policy",)),
        ("kind = 'thompson'", 1.0, "\0", ("reason",)),
        ("kind = 'thompson'", 0.0, "why", ("share",)),
        ("kind = 'thompson'", 1.01, "why", ("share",)),
        ("kind = 'thompson'", float("nan"), "why", ("share",)),
        ("kind = 'thompson'", 1.0, "  ", ("reason",)),
        ("kind = 'thompson'", 1.0, "x" * (LONGEST_REASON + 1), ("reason",)),
    ],
)
def test_what_cannot_be_promoted_is_refused(
    here: World, policy: str, share: float, reason: str, path: tuple[str, ...]
) -> None:
    """With the field that is to blame, and nothing is stored."""
    with pytest.raises(InvalidInput) as raised:
        here.recommender.promote(policy, share, reason, "a")
    assert raised.value.path[: len(path)] == path
    assert here.rows(PROMOTIONS) == []


@pytest.mark.parametrize(("policy", "share"), [("kind = 'random'", 1.0), ("kind = 'random'", 0.5)])
def test_what_would_change_nothing_is_refused(here: World, policy: str, share: float) -> None:
    """The policy that draws for all cannot be promoted, nor tried against itself."""
    with pytest.raises(Conflict):
        here.recommender.promote(policy, share, "why", "a")
