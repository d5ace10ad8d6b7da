"""Recommending on a real home: what is answered, what is logged, and what never comes twice."""

import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.modules.events import ConsentChangedV1, DecisionMadeV1, PreferencesChangedV1
from contracts.modules.profile import Preferences
from contracts.tips.catalog import TipCatalog
from contracts.tips.recommendations import FeedbackKind, Surface, TipRequest
from contracts.trace import TRACEPARENT
from core.policies.configuration import RandomPolicy, policy_hash
from kit.sql.sessions import reading
from services.events.tables import OUTBOX
from services.recommender.module import (
    EMPTY_STANDS_S,
    MOST_A_DAY,
    STANDS_S,
    RecommenderModule,
    TipsErased,
    TooManyTips,
)
from services.recommender.settings import RecommenderTable
from services.recommender.store import recommender_store
from services.recommender.tables import DECISIONS, SERVED
from tests.services.recommender.world import CATALOG, StandingTips, World, cell

DAY_S = 86_400.0


def test_a_decision_is_logged_as_it_is_answered(world: World) -> None:
    """Row, tips and event say the same; of what came as context only the coarse features are there in the clear."""
    made = world.ask(area="sleep", time_zone="Europe/Berlin", locale="de-AT", said="CANARY words")
    (tip,) = made.tips
    assert (made.policy.name, made.policy.hash, made.fallback) == ("random", policy_hash(RandomPolicy()), True)
    assert (tip.cell.model, tip.text) == ("template", f"{tip.cell.prompt} sleep {tip.tip[-1]}.")
    (row,), (served,) = world.rows(DECISIONS), world.rows(SERVED)
    assert row.took_ms > 0
    assert (row.id, row.area, row.hour_band, row.weekday, row.locale) == (
        made.decision, "sleep", "morning", "friday", "de",
    )  # fmt: skip
    assert row.arms == {"template/coach": 0.5, "template/terse": 0.5}
    assert row.left_out == {"vendor/large/long": "consent"}
    assert (served.tip, served.propensity, served.place) == (tip.tip, 0.5, 0)
    (said,) = world.published(DecisionMadeV1)
    assert (said.decision, said.arms, said.seed) == (made.decision, row.arms, row.seed)
    assert (said.features.area, said.features.surface) == ("sleep", "page")
    assert [(each.tip, each.propensity) for each in said.drawn] == [(tip.tip, 0.5)]
    assert not any(b"CANARY" in str(value).encode() or b"CANARY" in row.sealed for value in row)


def test_places_are_drawn_in_order_from_different_cells(world: World) -> None:
    """Of two cells the second is certain once the first is drawn; a third place stays empty, with the reason."""
    world.publish(ConsentChangedV1(purpose="external-model", given=True, version=1))
    made = world.ask(k=2)
    assert [row.propensity for row in world.rows(SERVED)] == [1 / 3, 0.5]
    assert len({each.cell for each in made.tips}) == 2
    assert made.reasons == ()
    more = world.ask("user-b", k=5)
    assert len(more.tips) == 2
    assert [(each.code, each.cells) for each in more.reasons] == [("fewer", 2), ("consent", 1)]


def test_nothing_is_served_twice_until_its_days_are_over(here: World) -> None:
    """All eight tips come once, then an empty decision is logged with its reason; after the days they come again."""
    served = [here.ask().tips[0].tip for _ in range(8)]
    assert len(set(served)) == 8
    none = here.ask()
    assert none.tips == ()
    assert [(each.code, each.cells) for each in none.reasons] == [("consent", 1), ("repeat", 2)]
    assert len(here.rows(DECISIONS)) == 9
    assert here.ask("user-b").tips
    here.clock.now += 7 * DAY_S
    assert here.ask().tips[0].tip in served


def test_a_clock_that_was_put_back_brings_no_repeat(here: World) -> None:
    """What was served at a time that is to come still counts as served."""
    first = {here.ask().tips[0].tip for _ in range(4)}
    here.clock.now -= 30 * DAY_S
    assert not first & {here.ask().tips[0].tip for _ in range(4)}


def test_the_users_choices_count_as_events_bring_them(here: World) -> None:
    """A muted topic is not served; older preferences that come late change nothing."""
    here.publish(PreferencesChangedV1(version=2, preferences=Preferences(muted=("sleep",))))
    here.publish(PreferencesChangedV1(version=1, preferences=Preferences()))
    assert {tip.tip.split("-")[1] for _ in range(2) for tip in here.ask(k=2).tips} == {"work"}
    assert here.ask(surface=Surface.PUSH).reasons[0].code == "consent"
    here.publish(ConsentChangedV1(purpose="push", given=True, version=1))
    assert here.ask("user-b", surface=Surface.PUSH).tips == ()


def test_every_cell_comes_as_often_as_its_propensity_says(here: World) -> None:
    """Of 200 users half get each cell, within five standard errors; the seeds differ, so they are no pattern."""
    counts = Counter(here.ask(f"user-{n}").tips[0].cell.prompt for n in range(200))
    assert 65 <= counts["terse"] <= 135
    assert len({row.seed for row in here.rows(DECISIONS)}) == 200


def test_requests_at_once_get_different_tips(world: World) -> None:
    """Four of one user at the same moment: four decisions, and no tip in two of them."""
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: world.ask(), range(4)))
    assert len({each.decision for each in made}) == len({each.tips[0].tip for each in made}) == 4


def test_requests_of_several_users_are_stored_together(world: World) -> None:
    """Those that wait share a transaction, each event has its own request's trace, and an erased user fails alone."""
    world.ask("user-b")
    world.sealer.destroy("user-b")
    before, commits, made = world.rows(DECISIONS), list[Any](), list[Future[Any]]()

    def ask(user: str) -> Any:
        TRACEPARENT.set(f"trace of {user}")
        return world.ask(user, k=2)

    sa.event.listen(world.engine, "commit", commits.append)
    with ThreadPoolExecutor(4) as pool, recommender_store(world.engine).writing():
        for user in ("user-a", "user-b", "user-c", "user-a"):
            made.append(pool.submit(ask, user))
            while world.recommender.grouped.waiting < len(made) and not made[-1].done():
                threading.Event().wait(0.001)
    with pytest.raises(TipsErased):
        made[1].result()
    found = [each.result() for each in made if each is not made[1]]
    assert len(commits) == 3, "that which all waited for, three users at once, the second request of the first"
    rows = {row.id: row.user for row in world.rows(DECISIONS) if row not in before}
    assert rows == {each.decision: user for each, user in zip(found, ("user-a", "user-c", "user-a"), strict=True)}
    assert len({(rows[row.decision], row.tip) for row in world.rows(SERVED) if row.decision in rows}) == 6
    with reading(world.engine) as connection:
        events = [world.codec.head(body) for body in connection.execute(sa.select(OUTBOX.c.body)).scalars()]
    traces = Counter(event.traceparent for event in events)
    assert traces == {None: 1, "trace of user-a": 2, "trace of user-c": 1}


def test_another_catalog_serves_from_the_next_request_on(here: World) -> None:
    """No restart is needed; a decision is a fallback only if one of its tips is a template that stands in."""
    first, second = cell("new", "large", tips=1), cell("terse", tips=1)
    tips = StandingTips(CATALOG)
    module = RecommenderModule(here.context(RecommenderTable()), tips)
    assert module.recommend("user-a", TipRequest(surface=Surface.PAGE)).fallback
    stands_in = frozenset(tip.id for tip in second.tips)
    tips.given = TipCatalog((first, second), fallback=False, templates=stands_in)
    assert module.look_for_tips()
    assert not module.look_for_tips()
    made = [module.recommend(f"user-{n}", TipRequest(surface=Surface.PAGE)) for n in range(20)]
    assert {each.fallback for each in made} == {True, False}
    assert all(each.fallback is (each.tips[0].cell.model == "template") for each in made)


def test_the_first_screen_has_the_tip_that_stands(here: World) -> None:
    """The same until it is dismissed or its hours are over; somebody else has another decision."""
    first = here.section()
    assert here.section() == first
    assert here.section("user-b")["decision"] != first["decision"]
    made = here.recommender.standing("user-a")
    here.say(made, FeedbackKind.OPENED)
    assert here.section() == first
    here.say(made, FeedbackKind.DISMISSED)
    second = here.section()
    assert second["decision"] != first["decision"]
    here.clock.now += STANDS_S
    third = here.section()
    assert third["decision"] != second["decision"]
    here.clock.now -= 30 * DAY_S
    assert here.section()["decision"] not in {first["decision"], second["decision"], third["decision"]}


def test_a_screen_without_a_tip_looks_again_soon(here: World) -> None:
    """That nothing is eligible stands for ten minutes, so that what the user changes counts."""
    here.publish(PreferencesChangedV1(version=1, preferences=Preferences(muted=("sleep", "work"))))
    empty = here.section()
    assert (empty["tips"], empty["reasons"][-1]["code"]) == ((), "muted")
    here.publish(PreferencesChangedV1(version=2, preferences=Preferences()))
    assert here.section() == empty
    here.clock.now += EMPTY_STANDS_S
    assert here.section()["tips"]


def test_a_day_of_one_user_has_an_end(here: World) -> None:
    """After so many decisions it is enough until the first of them is a day old; others are served meanwhile."""
    here.ask()
    (row,) = here.rows(DECISIONS)
    with here.engine.begin() as connection:
        same = [
            {**dict(zip(DECISIONS.c.keys(), row, strict=True)), "id": f"decision-{number}"}
            for number in range(1, MOST_A_DAY)
        ]
        connection.execute(DECISIONS.insert(), same)
    with pytest.raises(TooManyTips):
        here.ask()
    assert here.ask("user-b").tips
    here.clock.now += DAY_S
    assert here.ask().tips


def test_nothing_is_drawn_for_a_user_who_was_erased(here: World) -> None:
    """Once the key is destroyed there is neither a decision nor a tip nor an event."""
    here.ask()
    here.sealer.destroy("user-a")
    for ask in (here.ask, here.section):
        with pytest.raises(TipsErased):
            ask()
    assert len(here.rows(DECISIONS)) == 1
