"""Profiles: merging what a page of a mail changed with what was changed elsewhere meanwhile."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts.modules.profile import Channel, Preferences
from services.profile.profiles import MOST_MUTED, merged

TOPICS = ("food", "money", "sleep", "work")
preferences = st.builds(
    Preferences,
    time_zone=st.sampled_from(["UTC", "Asia/Tokyo"]),
    channels=st.sampled_from([(), (Channel.EMAIL,), (Channel.PUSH, Channel.EMAIL)]),
    muted=st.sets(st.sampled_from(TOPICS)).map(lambda found: tuple(sorted(found))),
    unseen_hours=st.sampled_from([None, 0, 24]),
)


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
