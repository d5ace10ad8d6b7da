"""A week in advance as its user asks for it, against what then happens."""

import msgspec
import pytest

from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1
from contracts.modules.notices import PlannedWeek, WeekNotice
from contracts.modules.profile import Caps, Channel, Preferences, Quiet
from contracts.refusals import InvalidInput
from kit.times import iso
from kit.timing.quiet_hours import DAYS
from services.notifier.channels.sender import HandOver, Notice, SendOutcome
from services.notifier.release import Release
from tests.services.notifier.world import START, World, request

HOUR_S = 3_600.0
ADA = Preferences(channels=(Channel.PUSH,), quiet=tuple(Quiet(day, "22:00", "07:00") for day in DAYS))


class Noting:
    """A channel that takes everything and notes when."""

    channel = "push"

    def __init__(self, world: World) -> None:
        self.world, self.got = world, list[tuple[str, float]]()

    async def send(self, notice: Notice, _: str) -> HandOver:
        """Note the notice's title and the time."""
        self.got.append((notice.title, self.world.clock.now))
        return HandOver(outcome=SendOutcome.DELIVERED, reason="201")


@pytest.fixture
def noting(world: World) -> Noting:
    """The channel of a user who chose and agreed to it."""
    channel = Noting(world)
    world.publish(PreferencesChangedV1(version=1, preferences=ADA))
    world.publish(ConsentChangedV1(purpose="push", given=True, version=1))
    world.deliver()
    world.release = Release(
        world.notifier.store,
        world.sealer,
        world.clock,
        senders={Channel.PUSH: channel},
        addresses=world.addresses,
    )
    world.reach(Channel.PUSH, "address")
    return channel


def test_what_is_foreseen_happens(world: World, noting: Noting) -> None:
    """Notices of two days, in the evening, at night, in a row beyond the caps: each goes out when it was said."""
    world.notify("before", topic="sleep")
    hours = (1, 2, 3, 14, 16, 23, 24, 26)
    planned = tuple(WeekNotice(topic="sleep" if hour % 2 else "work", after_minutes=hour * 60) for hour in hours)
    said = world.notifier.week("user-a", PlannedWeek(notices=planned)).notices
    assert [one.requested_at for one in said] == [iso(START + hour * HOUR_S) for hour in hours]
    for step in range(4 * 24):
        world.clock.now = START + step * HOUR_S
        for hour, one in zip(hours, planned, strict=True):
            if step == hour:
                world.publish(request(str(hour), topic=one.topic), id_=f"{hour:02}")
        world.settle()
    found = {title: iso(at) for title, at in noting.got if title != "before"}
    assert found == {str(hour): one.at for hour, one in zip(hours, said, strict=True)}
    assert {one.outcome for one in said} == {"send"}
    night = f"Held until {iso(START + 23 * HOUR_S)}: it was within your quiet hours."
    assert said[3].why == [night, "Handed over by push."]


def test_other_preferences_can_be_tried(world: World, noting: Noting) -> None:
    """With a cap of none everything would be in the inbox alone; nothing is stored or sent by that."""
    tried = msgspec.structs.replace(ADA, caps=Caps(per_24h=0))
    week = PlannedWeek(notices=(WeekNotice(topic="sleep", after_minutes=5),), preferences=tried)
    (said,) = world.notifier.week("user-a", week).notices
    assert (said.outcome, said.code, said.channel) == ("inbox", "too_late", None)
    world.settle()
    assert (noting.got, world.inbox()) == ([], [])
    unknown = PlannedWeek(notices=week.notices, preferences=Preferences(time_zone="Europe/Atlantis"))
    with pytest.raises(InvalidInput, match="no such time zone"):
        world.notifier.week("user-a", unknown)
