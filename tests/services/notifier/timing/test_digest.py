"""Digests: which one a topic has, when it is complete, and what goes out with it."""

from contracts.modules.profile import Digest, Preferences
from services.notifier.timing.digest import complete_at, digest_of, first_with

SLEEP = Digest(topic="sleep", wait_minutes=30, most=3)


def test_a_topic_has_the_first_digest_of_it() -> None:
    """Others have none."""
    preferences = Preferences(digests=(SLEEP, Digest(topic="sleep", wait_minutes=9)))
    assert digest_of(preferences, "sleep") is SLEEP
    assert digest_of(preferences, "work") is None


def test_it_is_complete_after_its_time_or_when_it_is_full() -> None:
    """The time is counted from the first of them, in whatever order they are named."""
    assert complete_at(SLEEP, [500.0, 100.0]) == 100.0 + 30 * 60
    assert complete_at(SLEEP, [500.0, 100.0, 900.0]) == 0.0


def test_the_one_that_is_released_is_always_among_them() -> None:
    """It takes the place of the last where it is none of the first."""
    assert first_with([1, 2, 3, 4], 2, 3) == [1, 2, 3]
    assert first_with([1, 2, 3, 4], 4, 3) == [1, 2, 4]
