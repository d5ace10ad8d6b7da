"""Decisions as they are published, of a real module on a real home."""

from typing import Any

import pyarrow as pa

from contracts.tips.recommendations import FeedbackKind
from kit.sql.sessions import reading
from kit.times import iso
from resources.decisions.parts import DecisionPartFiles
from resources.decisions.retention import DecisionRetention
from services.recommender.publishing.decisions import DecisionPublication, publish_decisions
from services.recommender.tables import DECISIONS, SERVED
from tests.services.recommender.world import START, World

HOUR_S, WINDOW = 3_600.0, 72
DAY = iso(START)[:10]


def _publish(world: World, hours: int = WINDOW, **agrees: bool) -> int:
    with DecisionPartFiles(world.home.storage).only_writer("now") as parts, reading(world.engine) as connection:
        how = DecisionPublication(world.sealer, parts, lambda user: agrees.get(user, True), hours, world.clock())
        return publish_decisions(connection, how)


def _rows(world: World) -> list[dict[str, Any]]:
    parts = DecisionPartFiles(world.home.storage)
    found = pa.concat_tables([parts.table(day) for day in parts.days()]) if parts.days() else None
    return [] if found is None else found.to_pylist()


def test_a_decision_is_published_once_its_outcome_is_settled(world: World) -> None:
    """With the logged propensities of every eligible arm; the reward is an act in time after the first display."""
    made = world.ask(area="sleep", k=2)
    world.clock.now += 10
    world.say(made, FeedbackKind.SHOWN)
    world.clock.now += 71 * HOUR_S
    world.say(made, FeedbackKind.ACTED)
    assert _publish(world) == 0
    world.clock.now = START + 2 * WINDOW * HOUR_S
    assert _publish(world) == 2
    first, second = _rows(world)
    stored = min(world.rows(SERVED), key=lambda row: row.place)
    assert (first["action"], first["propensity"]) == (stored.arm, stored.propensity)
    assert (first["reward"], first["shown"], first["position"]) == (1.0, True, 0)
    assert (second["reward"], second["shown"], second["position"]) == (None, False, 1)
    assert (first["x.area"], first["x.surface"], first["x.weekday"]) == ("sleep", "page", "friday")
    assert {row["source"] for row in (first, second)} == {"template"}
    assert (first["eligible"], sum(first["probabilities"])) == (["template/coach", "template/terse"], 1.0)
    assert {"user-a", made.decision}.isdisjoint(str(value) for row in (first, second) for value in row.values())


def test_the_log_names_the_promotion_that_a_tip_was_drawn_by(world: World) -> None:
    """The settings' policy, a learning one and its trial; each row's propensity is that of the state of its time."""
    world.say(world.ask("user-0"), FeedbackKind.SHOWN, user="user-0")
    world.recommender.promote("kind = 'thompson'", 1.0, "It learns.", "an-admin")
    for number in range(6):
        user = f"user-{number}"
        made = world.ask(user, area="sleep")
        world.say(made, FeedbackKind.SHOWN, user=user)
        world.say(made, FeedbackKind.ACTED, user=user)
    world.recommender.promote("kind = 'epsilon_greedy'", 0.5, "A trial.", "an-admin")
    for number in range(12):
        world.ask(f"user-{number}", area="work")
    world.clock.now = START + 2 * WINDOW * HOUR_S
    assert _publish(world) == 19
    rows = _rows(world)
    logged = {(row.id, row.promotion, row.policy_hash) for row in world.rows(DECISIONS)}
    assert sorted((row["promotion"], row["policy"]) for row in rows) == sorted(each[1:] for each in logged)
    kinds = {number: {row["kind"] for row in rows if row["promotion"] == number} for number in (0, 1, 2)}
    assert kinds == {0: {"random"}, 1: {"thompson"}, 2: {"thompson", "epsilon_greedy"}}
    learnt = [row["propensity"] for row in rows if row["kind"] == "thompson"]
    assert any(abs(chance - 0.5) > 0.01 for chance in learnt), "what was learnt moved the draws"
    for row in rows:
        chances = dict(zip(row["eligible"], row["probabilities"], strict=True))
        assert row["propensity"] == chances[row["action"]]


def test_an_act_too_late_is_no_reward_and_a_display_too_late_is_none(here: World) -> None:
    """Both by the hours of the policy, and what bears a time after the outcome was settled changes nothing."""
    acted, shown = here.ask("user-a"), here.ask("user-b")
    here.say(acted, FeedbackKind.SHOWN)
    here.clock.now = START + (WINDOW + 1) * HOUR_S
    here.say(acted, FeedbackKind.ACTED)
    here.say(shown, FeedbackKind.SHOWN, user="user-b")
    here.clock.now = START + 2 * WINDOW * HOUR_S
    _publish(here)
    before = DecisionPartFiles(here.home.storage).days()
    assert sorted((row["reward"], row["shown"]) for row in _rows(here) if row["shown"]) == [(0.0, True)]
    assert len(_rows(here)) == 2
    here.clock.now += 1
    here.say(acted, FeedbackKind.OPENED)
    assert _publish(here) == 0
    assert DecisionPartFiles(here.home.storage).days() == before


def test_a_day_counts_all_its_decisions_and_is_the_same_again(here: World) -> None:
    """Published, withheld, empty and open ones are those of the table; other hours publish the day anew."""
    here.ask("user-a")
    here.ask("user-b", area="sleep")
    for _ in range(20):
        if not here.ask("user-c", k=10).tips:
            break
    here.clock.now = START + 2 * WINDOW * HOUR_S
    rows = _publish(here, **{"user-b": False})
    (day,) = DecisionPartFiles(here.home.storage).days()
    counts = day.counts
    assert (day.day, day.rows, counts.served, counts.withheld, counts.open, counts.unlogged) == (
        DAY,
        rows,
        rows,
        1,
        0,
        0,
    )
    assert (counts.empty, counts.published) == (1, len({row["decision"] for row in _rows(here)}))
    assert _publish(here, hours=48, **{"user-b": False}) == rows
    (again,) = DecisionPartFiles(here.home.storage).days()
    assert (again.file, again.reward_within_hours) == (day.file, 48)


def test_an_erased_users_rows_leave_the_parts(here: World) -> None:
    """Counted as erased, with the file; their export has no pseudonym, and the key's end withholds what comes later."""
    for user in ("user-a", "user-b"):
        here.ask(user)
    here.clock.now = START + 2 * WINDOW * HOUR_S
    _publish(here)
    retention = DecisionRetention(DecisionPartFiles(here.home.storage), here.sealer)
    (exported,) = retention.export("user-a")
    assert (exported["day"], {"user", "decision"} & set(exported)) == (DAY, set())
    old = DecisionPartFiles(here.home.storage).days()[0].file
    assert [retention.erase("user-a"), retention.erase("user-a")] == [1, 0]
    (day,) = DecisionPartFiles(here.home.storage).days()
    assert (day.rows, day.counts.erased, day.file == old) == (1, 1, False)
    assert DecisionPartFiles(here.home.storage).left_over() == []
    here.sealer.destroy("user-a")
    _publish(here, hours=71)
    (day,) = DecisionPartFiles(here.home.storage).days()
    assert (day.rows, day.counts.withheld, day.counts.erased) == (1, 1, 0)
