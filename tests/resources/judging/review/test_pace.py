"""A judge's pace out of the times of its answers."""

from datetime import UTC, datetime, timedelta

from resources.judging.review.pace import pace_of

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _times(*seconds: float) -> list[str]:
    return [(START + timedelta(seconds=second)).isoformat() for second in sorted(seconds, reverse=True)]


def test_a_pause_is_no_part_of_the_pace() -> None:
    """The median of gaps up to five minutes."""
    found = pace_of(_times(0, 10, 20, 1_000, 1_030))
    assert (found.seconds, found.last_at) == (10, "2026-01-01T12:17:10+00:00")


def test_few_answers_are_no_pace() -> None:
    """None before there are three gaps, and the time of the last answer all the same."""
    assert pace_of(_times(0, 10, 20)).seconds is None
    assert pace_of(_times(0)).last_at == START.isoformat()
