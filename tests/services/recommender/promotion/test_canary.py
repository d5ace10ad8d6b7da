"""The trial of a canary: who counts, whether users were dealt as planned, and guardrails."""

import random
from typing import Any

import pytest

from contracts.modules.events import ConsentChangedV1, TopicsUnsubscribedV1
from contracts.tips.policy_administration import GuardrailVerdict
from contracts.tips.policy_evaluation import GuardrailUnit
from contracts.tips.recommendations import NOT_THIS_KIND, FeedbackKind
from services.recommender.promotion.canary import ALLOWED_MS, COUNTS_AFTER_S, MOST_MS
from services.recommender.tables import DECISIONS
from tests.services.recommender.world import World


def _report(world: World) -> Any:
    return world.recommender.canary_report()


def test_without_a_canary_there_is_no_report(here: World) -> None:
    """Before a trial, and once its policy draws for all."""
    assert _report(here) is None
    here.recommender.promote('kind = "thompson"', 0.5, "Try it.", "a")
    assert _report(here).canary_users == _report(here).other_users == 0
    here.recommender.promote('kind = "thompson"', 1.0, "For all.", "a")
    assert _report(here) is None


def test_each_user_counts_once_by_the_first_decision(world: World) -> None:
    """When it is a day old; a dismissal in that day counts, a later one and other decisions do not."""
    world.ask("user-before")
    world.recommender.promote('kind = "thompson"', 0.5, "Try it.", "a")
    made = {user: world.ask(user) for user in (f"user-{number}" for number in range(8))}
    world.say(made["user-0"], FeedbackKind.DISMISSED, user="user-0")
    for user in made:
        world.clock.now += 1
        world.ask(user)
    assert _report(world).canary_users == 0
    world.clock.now += COUNTS_AFTER_S
    world.say(made["user-1"], FeedbackKind.DISMISSED, user="user-1")
    found = _report(world)
    first = {row.user: row.policy_hash for row in world.rows(DECISIONS) if row.promotion == 1}
    canary = sum(hash_ == found.promotion.canary.hash for hash_ in first.values())
    assert (found.canary_users, found.other_users) == (canary, 8 - canary)
    assert (found.refused, found.ratio_p > 0.001) == (None, True)
    rails = {rail.name: rail for rail in found.guardrails}
    dismissed = rails["dismissed"]
    parts = ((dismissed.canary, canary), (dismissed.others, 8 - canary))
    assert sum((mean or 0.0) * count for mean, count in parts) == pytest.approx(1)
    assert (rails["fallback"].canary, rails["fallback"].others) == (1.0, 1.0)
    assert {rail.verdict for rail in rails.values()} == {GuardrailVerdict.UNDECIDED}


def test_not_this_kind_again_is_a_rail_of_its_own(here: World) -> None:
    """A tip that is dismissed alone is none of it; what takes a kind away for good is."""
    here.recommender.promote('kind = "thompson"', 0.5, "Try it.", "a")
    made = {user: here.ask(user) for user in (f"user-{number}" for number in range(8))}
    for user, value in (("user-0", None), ("user-1", NOT_THIS_KIND), ("user-2", NOT_THIS_KIND)):
        here.say(made[user], FeedbackKind.DISMISSED, value, user=user)
    here.clock.now += COUNTS_AFTER_S
    found = _report(here)
    rails = {rail.name: rail for rail in found.guardrails}
    users = (found.canary_users, found.other_users)
    counts = {
        name: sum(
            (mean or 0.0) * count for mean, count in zip((rails[name].canary, rails[name].others), users, strict=True)
        )
        for name in ("dismissed", "kind hidden")
    }
    assert counts == {"dismissed": pytest.approx(3), "kind hidden": pytest.approx(2)}


def test_who_left_within_a_day_counts_as_unsubscribed(here: World) -> None:
    """By any way out, once; who left before their first decision, or later than a day after it, does not."""
    here.publish(TopicsUnsubscribedV1(topics=("sleep",)), "user-0")
    here.publish(ConsentChangedV1(purpose="push", given=True, version=1), "user-1")
    here.clock.now += 60
    here.recommender.promote('kind = "thompson"', 0.5, "Try it.", "a")
    for number in range(8):
        here.ask(f"user-{number}")
    here.clock.now += COUNTS_AFTER_S
    here.publish(ConsentChangedV1(purpose="push", given=False, version=1), "user-1")
    here.publish(TopicsUnsubscribedV1(topics=("sleep", "work")), "user-2")
    here.clock.now += 1
    here.publish(TopicsUnsubscribedV1(topics=("food",)), "user-2")
    here.publish(TopicsUnsubscribedV1(topics=("food",)), "user-3")
    found = _report(here)
    (rail,) = (rail for rail in found.guardrails if rail.name == "unsubscribed")
    parts = ((rail.canary, found.canary_users), (rail.others, found.other_users))
    assert sum((mean or 0.0) * users for mean, users in parts) == pytest.approx(2)
    assert (rail.unit, rail.allowed) == (GuardrailUnit.SHARE, 0.0)


def _copied(world: World, users: int, dealt: float, templates: float, took: tuple[float, float] | None = None) -> None:
    """Decisions of so many users, of whom that share are the canary's; of these that share had templates.

    `took` are the milliseconds of the canary's and of the others, None in decisions from before it was stored.
    """
    chance = random.Random(1)  # noqa: S311  # a seeded course
    world.recommender.promote('kind = "thompson"', 0.5, "Try it.", "a")
    world.ask()
    (row,) = world.rows(DECISIONS)
    own = dict(zip(DECISIONS.c.keys(), row, strict=True))
    report = _report(world)
    copies = []
    for number in range(users):
        is_canary = chance.random() < dealt
        of = report.promotion.canary.hash if is_canary else report.promotion.policy.hash
        fallback = is_canary and chance.random() < templates
        ms = None if took is None else took[not is_canary]
        said = {"id": f"d{number:05}", "user": f"u{number}", "policy_hash": of, "fallback": fallback, "took_ms": ms}
        copies.append({**own, **said})
    with world.engine.begin() as connection:
        connection.execute(DECISIONS.delete())
        connection.execute(DECISIONS.insert(), copies)
    world.clock.now += COUNTS_AFTER_S


def test_users_who_were_not_dealt_by_the_share_are_not_compared(here: World) -> None:
    """The chi-square test refuses it, and says so."""
    _copied(here, 1_000, 0.4, 0.0)
    found = _report(here)
    assert found.ratio_p < 0.001
    assert found.refused.startswith("not estimable: users were dealt ")
    assert "and not 50.0% : 50.0% as planned" in found.refused
    assert {(rail.low, rail.high, rail.verdict) for rail in found.guardrails} == {
        (None, None, GuardrailVerdict.UNDECIDED)
    }


def test_a_guardrail_says_when_the_canary_is_worse(here: World) -> None:
    """Where six of ten of its users had templates and nobody else, the interval leaves 0 out."""
    _copied(here, 1_000, 0.5, 0.6)
    rail = next(rail for rail in _report(here).guardrails if rail.name == "fallback")
    assert (rail.others, rail.verdict) == (0.0, GuardrailVerdict.WORSE)
    assert 0 < rail.low < rail.canary < rail.high


@pytest.mark.parametrize(
    ("took", "verdict"),
    [((3.0, 900.0), "better"), ((900.0, 3.0), "worse"), ((6.0, 3.0), "undecided"), (None, "undecided")],
)
def test_a_slower_canary_is_worse_beyond_what_is_allowed(
    here: World, took: tuple[float, float] | None, verdict: str
) -> None:
    """In milliseconds, of which each decision has its most; nothing is known of decisions from before."""
    _copied(here, 1_000, 0.5, 0.0, took)
    rail = _report(here).guardrails[-1]
    assert (rail.name, rail.unit, rail.allowed) == ("time to decide", GuardrailUnit.MILLISECONDS, ALLOWED_MS)
    assert rail.verdict == verdict
    means = (None, None) if took is None else tuple(min(each, MOST_MS) for each in took)
    assert (rail.canary, rail.others) == pytest.approx(means)
    if took is not None:
        assert rail.low < rail.canary - rail.others < rail.high
