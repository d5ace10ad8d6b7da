"""What becomes of a notice: each reason to hold it, and what it comes to where none lets it out in time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.modules.profile import Caps, Channel, Preferences, Quiet
from kit.timing.caps import SentNotice
from kit.timing.quiet_hours import DAYS, is_quiet
from services.notifier.timing.decision import Decision, DueNotice, Hold, Recipient, Verdict, decide, share_of

HOUR_S = 3_600.0
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()
NIGHT = NOON + 11 * HOUR_S
NIGHTS = tuple(Quiet(day, "22:00", "07:00") for day in DAYS)
MORNING = NOON + 19 * HOUR_S
BOTH = (Channel.PUSH, Channel.EMAIL)
ADA = Recipient(preferences=Preferences(channels=BOTH, quiet=NIGHTS), agreed=frozenset(BOTH))
TIP = DueNotice(id="tip", topic="sleep", critical=False, expires_at=NOON + 48 * HOUR_S)


def changed(person: Recipient, **preferences: object) -> Recipient:
    """The person with other preferences."""
    return msgspec.structs.replace(person, preferences=msgspec.structs.replace(person.preferences, **preferences))


def test_by_day_it_is_sent_at_once_by_the_first_channel() -> None:
    """The user's own order counts, and a channel that was tried is passed over."""
    assert decide(TIP, ADA, [], NOON) == Decision(verdict=Verdict.SEND, at=NOON, channel=Channel.PUSH)
    tried = msgspec.structs.replace(TIP, tried=frozenset({Channel.PUSH}))
    assert decide(tried, ADA, [], NOON).channel is Channel.EMAIL
    other = changed(ADA, channels=(Channel.EMAIL, Channel.PUSH))
    assert decide(TIP, other, [], NOON).channel is Channel.EMAIL


def test_by_night_it_is_held_until_the_morning() -> None:
    """The hold says why and until when; jitter is added to it, of the notice's own."""
    hold = decide(TIP, ADA, [], NIGHT)
    assert (hold.verdict, hold.at, hold.holds) == (Verdict.HOLD, MORNING, (Hold("quiet", MORNING),))
    jittered = decide(TIP, ADA, [], NIGHT, jitter_s=600.0)
    assert jittered.at == MORNING + 600.0 * share_of("tip")
    assert decide(TIP, ADA, [], jittered.at, jitter_s=600.0).verdict is Verdict.SEND


def test_jitter_never_leads_into_the_next_window() -> None:
    """Where the minutes after a window are quiet again it is released at the end of the window."""
    windows = (*NIGHTS, *(Quiet(day, "07:01", "12:00") for day in DAYS))
    assert decide(TIP, changed(ADA, quiet=windows), [], NIGHT, jitter_s=1e4).at == MORNING


def test_holds_follow_each_other() -> None:
    """Paused until the evening, then quiet, then capped: released when nothing holds it any more."""
    paused = msgspec.structs.replace(changed(ADA, caps=Caps(per_day=1)), paused_until=NIGHT)
    found = decide(TIP, paused, [], NOON)
    assert [hold.code for hold in found.holds] == ["paused", "quiet"]
    assert found.at == MORNING
    sent = [SentNotice(NOON - HOUR_S, "work")]
    found = decide(TIP, paused, sent, NOON)
    assert [hold.code for hold in found.holds] == ["paused", "cap_day", "quiet"]


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (Recipient(), "no_channel"),
        (msgspec.structs.replace(ADA, agreed=frozenset()), "no_consent"),
        (changed(ADA, caps=Caps(per_24h=0)), "too_late"),
        (msgspec.structs.replace(ADA, paused_until=NOON + 7 * 24 * HOUR_S), "too_late"),
    ],
)
def test_what_cannot_go_out_in_time_goes_to_the_inbox(person: Recipient, code: str) -> None:
    """At once and without a noise: nothing chosen, nothing agreed to, a cap of nothing, a pause beyond its end."""
    found = decide(TIP, person, [], NOON)
    assert (found.verdict, found.at, found.code) == (Verdict.INBOX, NOON, code)


def test_the_inbox_is_the_last_fallback() -> None:
    """When every channel was tried."""
    tried = msgspec.structs.replace(TIP, tried=frozenset(BOTH))
    assert decide(tried, ADA, [], NOON) == Decision(verdict=Verdict.INBOX, at=NOON, code="channels_failed")


def test_a_critical_notice_waits_for_nothing_but_consent() -> None:
    """Night, pause, caps and muted topics let it pass; without a yes to any channel it is in the inbox."""
    alarm = msgspec.structs.replace(TIP, critical=True)
    deaf = msgspec.structs.replace(
        changed(ADA, channels=(), caps=Caps(per_24h=0), muted=("sleep",)), paused_until=NIGHT + HOUR_S
    )
    assert decide(alarm, deaf, [], NIGHT).verdict is Verdict.SEND
    assert decide(alarm, Recipient(), [], NIGHT).verdict is Verdict.INBOX


def test_what_is_stale_or_muted_is_dropped() -> None:
    """An expired one even if it is critical."""
    late = msgspec.structs.replace(TIP, critical=True, expires_at=NOON)
    assert decide(late, ADA, [], NOON) == Decision(verdict=Verdict.DROP, at=NOON, code="expired")
    assert decide(TIP, changed(ADA, muted=("sleep",)), [], NOON).code == "muted"


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0, 1e6),
    st.floats(0, 2e5),
    st.lists(st.floats(-2e5, 0), max_size=8),
    st.integers(0, 4),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia"]),
)
def test_nothing_goes_out_at_a_forbidden_time(
    after: float, pause: float, before: list[float], cap: int, zone: str
) -> None:
    """Followed from hold to hold a notice ends, never inside a window, a pause, or beyond a cap or its own time."""
    now = NOON + after
    person = msgspec.structs.replace(changed(ADA, time_zone=zone, caps=Caps(per_24h=cap)), paused_until=NOON + pause)
    notice = msgspec.structs.replace(TIP, expires_at=now + 2e5)
    sent = [SentNotice(now + each, "work") for each in before]
    found = decide(notice, person, sent, now, jitter_s=300.0)
    for _ in range(20):
        if found.verdict is not Verdict.HOLD:
            break
        assert found.at > now
        now = found.at
        found = decide(notice, person, sent, now, jitter_s=300.0)
    assert found.verdict in {Verdict.SEND, Verdict.INBOX}
    if found.verdict is Verdict.SEND:
        assert now < notice.expires_at
        assert now >= person.paused_until
        assert not is_quiet(NIGHTS, ZoneInfo(zone), now)
        assert sum(now - 86_400 < each.at <= now for each in sent) < max(cap, 1)


def test_what_was_taken_goes_by_the_next_channel_when_it_was_not_seen() -> None:
    """A day after it, or what the user set; what was seen, or has no further channel, has arrived."""
    taken = msgspec.structs.replace(TIP, tried=frozenset({Channel.PUSH}), taken_at=NOON - HOUR_S)
    found = decide(taken, ADA, [], NOON)
    assert (found.verdict, found.channel, found.holds) == (
        Verdict.HOLD,
        Channel.EMAIL,
        (Hold("unseen", NOON + 23 * HOUR_S),),
    )
    assert decide(taken, changed(ADA, unseen_hours=1), [], NOON).verdict is Verdict.SEND
    alarm = msgspec.structs.replace(taken, critical=True)
    assert decide(alarm, changed(ADA, unseen_hours=12), [], NOON).at == NOON + 11 * HOUR_S
    arrived = Decision(verdict=Verdict.INBOX, at=NOON, code="delivered")
    assert decide(taken, changed(ADA, unseen_hours=0), [], NOON) == arrived
    assert decide(msgspec.structs.replace(taken, seen=True), ADA, [], NOON + 24 * HOUR_S).code == "delivered"
    assert decide(msgspec.structs.replace(taken, tried=frozenset(BOTH)), ADA, [], NOON) == arrived
