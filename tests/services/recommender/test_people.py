"""What counts of users when tips are drawn, and when they left."""

import msgspec
import pytest

from contracts.modules.events import ConsentChangedV1, Payload, PreferencesChangedV1, TopicsUnsubscribedV1
from contracts.modules.profile import Channel, Preferences
from services.recommender.tables import LEAVINGS
from tests.services.recommender.world import START, World

REACHED = Preferences(channels=(Channel.EMAIL, Channel.PUSH), muted=("work",))


def _consent(purpose: str, *, given: bool) -> Payload:
    return ConsentChangedV1(purpose=purpose, given=given, version=1)


def _chosen(version: int, **changed: object) -> Payload:
    return PreferencesChangedV1(version=version, preferences=msgspec.structs.replace(REACHED, **changed))


LEAVES = {
    "a consent taken back": _consent("push", given=False),
    "a channel left out": _chosen(3, channels=(Channel.PUSH,)),
    "a topic muted": _chosen(3, muted=("work", "sleep")),
    "mail ended by a link": TopicsUnsubscribedV1(topics=("sleep",)),
}
STAYS = {
    "a consent never given": _consent("email", given=False),
    "a consent to what reaches nobody": _consent("external-model", given=False),
    "a topic heard again": _chosen(3, muted=()),
    "another zone": _chosen(3, time_zone="Europe/Berlin"),
    "what is older": _chosen(1, channels=()),
}


@pytest.mark.parametrize("said", [*LEAVES.values(), *STAYS.values()], ids=[*LEAVES, *STAYS])
def test_a_user_leaves_at_the_time_of_the_event(here: World, said: Payload) -> None:
    """By a channel or a topic less than before; what reaches them as before or by more is none, nor is a replay."""
    begins = (_chosen(2), _consent("push", given=True), _consent("external-model", given=True))
    for each in begins:
        here.publish(each)
    there = len(here.rows(LEAVINGS))
    here.clock.now += 60
    for _ in range(2):
        here.publish(said)
    found = [tuple(row) for row in here.rows(LEAVINGS)[there:]]
    assert found == ([("user-a", START + 60)] if said in LEAVES.values() else [])
