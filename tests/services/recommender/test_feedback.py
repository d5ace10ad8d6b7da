"""Feedback on a real home: once an id, of one's own decisions, into the signal log."""

from typing import Any

import pytest

from contracts.modules.events import (
    SIGNALS,
    TipActedV1,
    TipDismissedV1,
    TipOpenedV1,
    TipRatedV1,
    TipShownV1,
)
from contracts.refusals import Conflict, InvalidInput, NotFound
from contracts.tips.recommendations import NOT_THIS_KIND, FeedbackKind, Surface
from services.events.signal_log import SignalLog
from services.recommender.feedback import MOST, TooMuchFeedback
from services.recommender.tables import FEEDBACK
from tests.services.recommender.world import World


def test_every_event_becomes_its_signal(world: World) -> None:
    """Shown, opened, acted, rated and dismissed are in the log in their order, each with decision, tip and value."""
    made = world.ask(surface=Surface.HOME)
    tip = made.tips[0].tip
    said: list[tuple[FeedbackKind, int | str | None]] = [
        (FeedbackKind.SHOWN, None),
        (FeedbackKind.OPENED, None),
        (FeedbackKind.ACTED, "done"),
        (FeedbackKind.RATED, 4),
        (FeedbackKind.DISMISSED, "seen"),
    ]
    for event, value in said:
        assert not world.say(made, event, value).again
    world.deliver()
    with world.engine.connect() as connection:
        found = SignalLog(world.codec).find(connection, user="user-a")
    assert [signal.event.data for signal in found] == [
        TipShownV1(decision=made.decision, tip=tip, surface="home", position=0),
        TipOpenedV1(decision=made.decision, tip=tip),
        TipActedV1(decision=made.decision, tip=tip, action="done"),
        TipRatedV1(decision=made.decision, tip=tip, rating=4),
        TipDismissedV1(decision=made.decision, tip=tip, reason="seen"),
    ]


def test_the_same_id_gets_the_first_receipt_again(world: World) -> None:
    """There is one row and one signal however often it comes, at whatever time; other content under it is refused."""
    made = world.ask()
    first = world.say(made, FeedbackKind.RATED, 5, id="client-1")
    world.clock.now += 60
    again = world.say(made, FeedbackKind.RATED, 5, id="client-1")
    assert (again.receipt, again.again) == (first.receipt, True)
    with pytest.raises(Conflict, match="other feedback"):
        world.say(made, FeedbackKind.RATED, 4, id="client-1")
    assert len(world.rows(FEEDBACK)) == len(world.published(TipRatedV1)) == 1
    other = world.ask("user-b")
    assert not world.say(other, FeedbackKind.SHOWN, id="client-1", user="user-b").again


def test_only_a_tip_of_ones_own_decision_is_known(here: World) -> None:
    """Another user's decision, one that never was, and a tip that was not in it are all the same refusal."""
    made = here.ask()
    wrong: list[dict[str, Any]] = [{"user": "user-b"}, {"decision": "never"}, {"tip": "no-such-tip"}]
    refused = set()
    for given in wrong:
        with pytest.raises(NotFound) as raised:
            here.say(made, FeedbackKind.ACTED, **given)
        refused.add((raised.value.message, raised.value.path))
    assert len(refused) == 1
    assert here.rows(FEEDBACK) == []
    assert [said for kind in SIGNALS for said in here.published(kind)] == []


@pytest.mark.parametrize(
    ("event", "value"), [("rated", None), ("rated", "5"), ("shown", "x"), ("opened", 3), ("acted", 3)]
)
def test_a_value_that_cannot_be_is_refused(here: World, event: str, value: int | str | None) -> None:
    """A rating has a number and nothing else has one; shown and opened have no value."""
    made = here.ask()
    with pytest.raises(InvalidInput) as raised:
        here.say(made, FeedbackKind(event), value)
    assert raised.value.path == ("value",)
    assert here.rows(FEEDBACK) == []


def test_what_was_dismissed_does_not_come_again(here: World) -> None:
    """A tip alone, or with the word for it all tips of that cell and area, after any number of days."""
    made = here.ask(area="sleep")
    here.say(made, FeedbackKind.DISMISSED)
    here.clock.now += 30 * 86_400
    seen = {here.ask(area="sleep").tips[0].tip for _ in range(3)}
    assert made.tips[0].tip not in seen
    here.clock.now += 30 * 86_400
    kind = here.ask(area="sleep")
    here.say(kind, FeedbackKind.DISMISSED, NOT_THIS_KIND)
    here.say(kind, FeedbackKind.DISMISSED)
    arm = kind.tips[0].cell
    assert all(each.tips[0].cell != arm for each in [here.ask(area="sleep")])
    assert {tip.cell for tip in here.ask(area="work", k=2).tips} >= {arm}


def test_feedback_of_one_decision_has_an_end(here: World) -> None:
    """Nobody fills the disk with a hundred thousand reports of one tip; what is known is still answered."""
    made = here.ask()
    for number in range(MOST):
        here.say(made, FeedbackKind.OPENED, id=f"n{number}")
    with pytest.raises(TooMuchFeedback):
        here.say(made, FeedbackKind.OPENED, id="one-more")
    assert here.say(made, FeedbackKind.OPENED, id="n0").again
