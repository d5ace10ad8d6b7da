"""What a policy would have earned, on a log of which the truth is known."""

import random
from typing import Any

import pytest

from contracts.refusals import InvalidInput
from core.policies.configuration import RandomPolicy, ThompsonPolicy, policy_hash
from kit.times import milliseconds
from services.recommender.tables import COUNTS, DECISIONS, LEAVINGS, SERVED, STATES
from tests.services.recommender.world import World

HOUR_S = 3_600.0
SETTLED_S = 144 * HOUR_S
GREEDY = "kind = 'epsilon_greedy'\nfloor = 0.1"


def _logged(world: World, users: int, rates: dict[str, float], shown: float = 1.0) -> None:
    """Two decisions of each user by a random policy, of two arms that users act on at these rates.

    Tips that are not acted on are dismissed by all, and half of their users unsubscribe.
    """
    chance = random.Random(7)  # noqa: S311  # a seeded course
    made = world.ask()
    (decision,), (served,) = world.rows(DECISIONS), world.rows(SERVED)
    rows: dict[str, list[dict[str, Any]]] = {"decisions": [], "served": [], "left": []}
    for number in range(2 * users):
        arm, of = chance.choice(sorted(rates)), {"user": f"u{number // 2}"}
        at = milliseconds(made_at := world.clock.now)
        seen = chance.random() < shown
        acted = at + 1 if seen and chance.random() < rates[arm] else None
        key, arms = f"d{number:05}", dict.fromkeys(rates, 1 / len(rates))
        if acted is None and chance.random() < 0.5:
            rows["left"].append({**of, "at": made_at + number + 1})
        of_arms = {"id": key, "arms": arms, "made_at": made_at, "took_ms": 4.0}
        rows["decisions"].append({**decision._mapping, **of, **of_arms})  # noqa: SLF001  # SQLAlchemy's public name
        own = {"decision": key, "arm": arm, "propensity": 1 / len(rates), "shown_at": at if seen else None}
        own |= {"acted_at": acted, "hides": "" if acted else "tip", "served_at": made_at}
        rows["served"].append({**served._mapping, **of, **own})  # noqa: SLF001  # SQLAlchemy's public name
    with world.engine.begin() as connection:
        for table in (DECISIONS, SERVED, STATES, COUNTS):
            connection.execute(table.delete())
        connection.execute(DECISIONS.insert(), rows["decisions"])
        connection.execute(SERVED.insert(), rows["served"])
        if rows["left"]:
            connection.execute(LEAVINGS.insert(), rows["left"])
    world.clock.now += SETTLED_S
    assert made.decision not in {row.id for row in world.rows(DECISIONS)}


def test_a_policy_that_would_take_the_better_arm_earns_more(here: World) -> None:
    """Its interval holds the truth; as served is the mean of the arms, and the policy that logged earns what it did."""
    _logged(here, 300, {"template/terse": 0.2, "template/coach": 0.6})
    found = here.recommender.evaluate_policy(GREEDY)
    assert (found.kind, found.n, found.n_users, found.refused) == ("epsilon_greedy", 600, 300, None)
    assert found.served is not None
    assert found.served == pytest.approx(0.4, abs=0.06)
    assert found.low is not None
    assert found.high is not None
    assert found.served < found.low < 0.95 * 0.6 + 0.05 * 0.2 < found.high
    assert [each.estimator for each in found.estimates] == ["ips", "snips", "clipped_ips", "dm", "dr", "switch_dr"]
    same = here.recommender.evaluate_policy("kind = 'random'")
    assert same.hash == policy_hash(RandomPolicy())
    assert same.estimates[0].value == pytest.approx(same.served)


def test_a_policy_that_pleases_more_is_said_to_lose_fewer(here: World) -> None:
    """Dismissals and leavings are estimated on the same decisions; what it takes to decide no log knows."""
    _logged(here, 300, {"template/terse": 0.2, "template/coach": 0.6})
    dismissed, left, took = here.recommender.evaluate_policy(GREEDY).guardrails
    assert (dismissed.name, left.name, took.name) == ("dismissed", "unsubscribed", "time to decide")
    (low, high, served), (from_, value, of_all) = (
        [number for number in numbers if number is not None]
        for numbers in ((dismissed.low, dismissed.high, dismissed.served), (left.low, left.value, left.served))
    )
    assert low < 0.95 * 0.4 + 0.05 * 0.8 < high < served
    assert 0 <= from_ < value < of_all < 0.6
    assert (took.served, took.value, took.unit) == (4.0, None, "milliseconds")
    assert str(took.refused).endswith("a trial measures this one")


def test_nobodys_reward_decides_what_is_tried_on_them(here: World) -> None:
    """Twenty equal arms of 30 decisions each: the one that chance favours, at .65 of its own, is not taken for that."""
    _logged(here, 300, {f"template/p{number:02}": 0.5 for number in range(20)})
    found = {each.estimator: each.value or 0.0 for each in here.recommender.evaluate_policy(GREEDY).estimates}
    assert 0.0 < max(found["dr"], found["snips"]) < 0.55


def test_without_enough_it_says_what_is_missing_and_stores_nothing(here: World) -> None:
    """No decision, one that is not settled, too few users; a policy that is none is refused by its field."""
    assert "no decision with a tip that was shown is settled yet" in str(
        here.recommender.evaluate_policy(GREEDY).refused
    )
    _logged(here, 3, {"template/terse": 0.5, "template/coach": 0.5})
    here.clock.now -= 1
    assert here.recommender.evaluate_policy("kind = 'thompson'").n == 0
    here.clock.now += 1
    found = here.recommender.evaluate_policy("kind = 'thompson'")
    assert (found.hash, found.n, found.low) == (policy_hash(ThompsonPolicy()), 6, None)
    assert "3 users of at least 20" in str(found.refused)
    assert here.rows(COUNTS) == []
    with pytest.raises(InvalidInput, match="floor is 3"):
        here.recommender.evaluate_policy("kind = 'thompson'\nfloor = 3")


def test_an_arm_that_was_shown_less_often_is_no_base_for_an_estimate(here: World) -> None:
    """What is missing of the log is not taken for a reward of 0."""
    _logged(here, 60, {"template/terse": 0.5, "template/coach": 0.5}, shown=0.6)
    assert here.recommender.evaluate_policy(GREEDY).n < 120
    with here.engine.begin() as connection:
        connection.execute(SERVED.update().where(SERVED.c.arm == "template/terse").values(shown_at=None, acted_at=None))
    assert "the share of decisions with a reward differs" in str(here.recommender.evaluate_policy(GREEDY).refused)
