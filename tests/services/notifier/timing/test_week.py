"""A week in advance against a naive walk through it, quarter of an hour by quarter of an hour."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.modules.profile import Caps, Channel, Digest, Preferences, Quiet, Weekday
from kit.timing.caps import SentNotice
from kit.timing.quiet_hours import DAYS, is_quiet
from services.notifier.timing.decision import DueNotice, Hold, Recipient, Verdict
from services.notifier.timing.week import WEEK_S, PlannedNotice, week_of

QUARTER_S, DAY_S = 900.0, 86_400.0
START = datetime(2026, 10, 21, tzinfo=UTC).timestamp()
"""A Wednesday whose week has a change of the clock in Europe."""
NIGHTS = tuple(Quiet(day, "22:00", "07:00") for day in DAYS)


def walked(planned: Sequence[PlannedNotice], person: Recipient) -> dict[str, float]:
    """When each notice goes out, by looking at every quarter of an hour whether it may."""
    preferences, sent, found = person.preferences, list[SentNotice](), dict[str, float]()
    zone, caps = ZoneInfo(preferences.time_zone), preferences.caps
    for step in range(int(WEEK_S / QUARTER_S)):
        now = START + step * QUARTER_S
        today = datetime.fromtimestamp(now, zone).date()
        for each in planned:
            notice = each.notice
            if each.at > now or notice.id in found or notice.expires_at <= now:
                continue
            days = [one for one in sent if datetime.fromtimestamp(one.at, zone).date() == today]
            full = (
                sum(now - DAY_S < one.at for one in sent) >= (caps.per_24h or 0)
                or len(days) >= (caps.per_day or 0)
                or sum(one.topic == notice.topic for one in days) >= (caps.per_topic or 0)
            )
            if notice.critical or not (full or is_quiet(preferences.quiet, zone, now) or person.paused_until > now):
                sent.append(SentNotice(now, notice.topic))
                found[notice.id] = now
    return found


quarters = st.integers(0, 600)
requests = st.tuples(quarters, st.sampled_from(["sleep", "work"]), st.integers(1, 300), st.booleans())
wall_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
windows = st.lists(st.builds(Quiet, st.sampled_from(list(Weekday)), wall_times, wall_times), max_size=8)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(requests, min_size=1, max_size=9),
    windows,
    st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 2)),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
    quarters,
)
def test_a_week_is_what_a_walk_through_it_finds(
    wanted: list[tuple[int, str, int, bool]], quiet: list[Quiet], most: tuple[int, int, int], zone: str, pause: int
) -> None:
    """What goes out, and when, is the same; what does not is in the inbox, dropped or held beyond the week."""
    caps = Caps(per_24h=most[0], per_day=most[1], per_topic=most[2])
    preferences = Preferences(time_zone=zone, channels=(Channel.PUSH,), quiet=tuple(quiet), caps=caps)
    paused_until = START + pause * QUARTER_S if pause < 300 else 0.0
    person = Recipient(preferences=preferences, agreed=frozenset({Channel.PUSH}), paused_until=paused_until)
    planned = [
        PlannedNotice(
            notice=DueNotice(
                id=str(number), topic=topic, critical=critical, expires_at=START + (at + lasts) * QUARTER_S
            ),
            at=START + at * QUARTER_S,
        )
        for number, (at, topic, lasts, critical) in enumerate(wanted)
    ]
    found = week_of(planned, person, START)
    assert [each.id for each in found] == [each.notice.id for each in planned]
    assert {each.id: each.at for each in found if each.verdict is Verdict.SEND} == walked(planned, person)


def test_what_is_held_at_the_end_says_so() -> None:
    """A notice of the last night is held until the morning after the week, and why; what came before is due at once."""
    person = Recipient(
        preferences=Preferences(channels=(Channel.EMAIL,), quiet=NIGHTS), agreed=frozenset({Channel.EMAIL})
    )
    late, early = (
        PlannedNotice(notice=DueNotice(id=id_, topic="sleep", critical=False, expires_at=START + 2 * WEEK_S), at=at)
        for id_, at in (("late", START + WEEK_S - 3_600), ("early", START - 3_600))
    )
    held, sent = week_of([late, early], person, START)
    morning = START + WEEK_S + 7 * 3_600
    assert (held.verdict, held.at, held.holds, held.code) == (
        Verdict.HOLD,
        morning,
        (Hold("quiet", morning),),
        "quiet",
    )
    assert (sent.verdict, sent.at, sent.channel) == (Verdict.SEND, START + 7 * 3_600, Channel.EMAIL)


def test_a_digest_is_foreseen_as_one() -> None:
    """An hour after the first, or with the third of three; what goes along says so, and counts for no cap."""
    digests = (Digest(topic="sleep", wait_minutes=60, most=3),)
    preferences = Preferences(channels=(Channel.PUSH,), digests=digests, caps=Caps(per_topic=2))
    person = Recipient(preferences=preferences, agreed=frozenset({Channel.PUSH}))
    minutes = (0, 10, 70, 80, 90, 200)
    planned = [
        PlannedNotice(
            notice=DueNotice(id=str(at), topic="sleep", critical=at == 200, expires_at=START + DAY_S),
            at=START + at * 60,
        )
        for at in minutes
    ]
    found = week_of(planned, person, START)
    assert [(each.at - START) / 60 for each in found] == [60, 60, 90, 90, 90, 200]
    assert [each.code for each in found] == ["", "digest", "digest", "digest", "", ""]
    assert {each.verdict for each in found} == {Verdict.SEND}
