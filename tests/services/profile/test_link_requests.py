"""What links of mails request of the profile, in the delivery of their events."""

import uuid

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts.modules.events import (
    ConsentChangedV1,
    ConsentWithdrawnV1,
    Event,
    Payload,
    PreferencesChangedV1,
    PreferencesRequestedV1,
)
from contracts.modules.profile import MOST_MUTED, Channel, Preferences, Purpose
from kit.times import iso
from services.profile.link_requests import LinkRequests
from services.profile.profiles import merged
from tests.services.profile.world import FULL, Seen, World

WANTED = Preferences(time_zone="Asia/Tokyo", channels=(Channel.EMAIL,), muted=("work",))
TOPICS = ("food", "money", "sleep", "work")
preferences = st.builds(
    Preferences,
    time_zone=st.sampled_from(["UTC", "Asia/Tokyo"]),
    channels=st.sampled_from([(), (Channel.EMAIL,), (Channel.PUSH, Channel.EMAIL)]),
    muted=st.sets(st.sampled_from(TOPICS)).map(lambda found: tuple(sorted(found))),
    unseen_hours=st.sampled_from([None, 0, 24]),
)


def _requested(world: World, data: Payload) -> Seen:
    """What the profile says of it."""
    seen = Seen((PreferencesChangedV1, ConsentChangedV1), lambda event: event.data)
    world.consumers += [LinkRequests(world.profile), seen]
    time = iso(world.clock())
    world.publish(Event(id=str(uuid.uuid4()), source="/tests", time=time, data=data, user="user-a"))
    world.settle()
    return seen


def test_preferences_take_the_place_of_those_before(world: World) -> None:
    """What else the profile holds stays, its version grows, and everybody hears of it."""
    world.profile.put_profile("user-a", FULL, None)
    seen = _requested(world, PreferencesRequestedV1(preferences=WANTED))
    stored = world.profile.profile("user-a")
    assert (stored.version, stored.profile.name, stored.profile.preferences) == (2, FULL.name, WANTED)
    assert seen.answers[-1] == PreferencesChangedV1(version=2, preferences=WANTED)


def test_a_change_elsewhere_since_the_page_was_shown_stays(world: World) -> None:
    """The page changed the muted topics alone, and the zone was another by the time that it arrived."""
    world.profile.put_profile("user-a", FULL, None)
    shown = Preferences(muted=("food",))
    now = msgspec.structs.replace(FULL, preferences=Preferences(time_zone="Asia/Tokyo", muted=("food", "sleep")))
    world.profile.put_profile("user-a", now, None)
    _requested(world, PreferencesRequestedV1(preferences=Preferences(muted=("work",)), shown=shown))
    wanted = Preferences(time_zone="Asia/Tokyo", muted=("sleep", "work"))
    assert world.profile.profile("user-a").profile.preferences == wanted


def test_a_withdrawn_consent_is_in_the_log(world: World) -> None:
    """As withdrawn by a link, in the chain of hashes; a purpose that there is not changes nothing."""
    world.profile.decide("user-a", Purpose.EMAIL, given=True, version=1, channel="session")
    seen = _requested(world, ConsentWithdrawnV1(purpose="email"))
    assert not world.profile.allows("user-a", Purpose.EMAIL)
    assert seen.answers[-1] == ConsentChangedV1(purpose="email", given=False, version=1)
    assert world.profile.chain_of("user-a") == 2
    _requested(world, ConsentWithdrawnV1(purpose="pigeons"))
    assert world.profile.chain_of("user-a") == 2


def test_nothing_is_written_for_a_user_who_requested_erasure(world: World) -> None:
    """What a link requested before it is dropped."""
    world.saga.erase("user-a", "user")
    _requested(world, PreferencesRequestedV1(preferences=WANTED))
    _requested(world, ConsentWithdrawnV1(purpose="email"))
    assert world.profile.chain_of("user-a") == 0


def _sorted(found: Preferences) -> Preferences:
    return msgspec.structs.replace(found, muted=tuple(sorted(found.muted)))


@given(preferences, preferences)
def test_one_side_alone_is_taken_as_it_is(one: Preferences, other: Preferences) -> None:
    """Nothing was changed elsewhere: what the page says; nothing on the page: what is stored."""
    assert _sorted(merged(one, one, other)) == other
    assert merged(other, one, one) == other


@given(preferences, preferences, preferences)
def test_each_change_of_the_page_counts_and_no_other(now: Preferences, shown: Preferences, wanted: Preferences) -> None:
    """A field, and a muted topic, that the page left as it was is that of now."""
    found = merged(now, shown, wanted)
    for name in ("time_zone", "channels", "unseen_hours"):
        page = getattr(wanted, name) != getattr(shown, name)
        assert getattr(found, name) == getattr(wanted if page else now, name)
    for topic in TOPICS:
        page = (topic in wanted.muted) != (topic in shown.muted)
        assert (topic in found.muted) == (topic in (wanted if page else now).muted)
    assert len(set(found.muted)) == len(found.muted)


def test_more_muted_topics_than_can_be_stored() -> None:
    """Where both together are too many, those of the page count."""
    many = tuple(f"t{number}" for number in range(MOST_MUTED))
    assert merged(Preferences(muted=many), Preferences(), Preferences(muted=("new",))).muted == ("new",)
    assert len(merged(Preferences(muted=many[1:]), Preferences(), Preferences(muted=("new",))).muted) == MOST_MUTED
