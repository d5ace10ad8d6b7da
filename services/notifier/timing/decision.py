"""Decides what becomes of a notice now: a pure function of it, its user, what went out before, and the time."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from contracts.modules.profile import Channel, Preferences
from kit.timing.caps import SentNotice, capped
from kit.timing.quiet_hours import earliest_allowed

UNSEEN_HOURS = 24
"""After how long unseen a notice goes by the next channel, where the user set nothing: the app's own."""
MOST_HOLDS = 30
"""Reasons that follow each other in one decision at most; windows and caps of a fortnight give fewer."""


class Verdict(StrEnum):
    """What is to be done with a notice."""

    SEND = "send"
    HOLD = "hold"
    INBOX = "inbox"
    DROP = "drop"


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """What counts of a user: preferences, the channels they agreed to, and until when they want to hear nothing.

    Of the topics in `unsubscribed` they get no mail, not even a critical one.
    """

    preferences: Preferences = Preferences()
    agreed: frozenset[Channel] = frozenset()
    paused_until: float = 0.0
    unsubscribed: frozenset[str] = frozenset()


class DueNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What counts of a notice; `tried` are the channels that took it or never will.

    `digest_until` is when its digest is complete, 0 without one. `taken_at` is when a channel took it last, None where
    none did, and `seen` whether the user looked at it since.
    """

    id: str
    topic: str
    critical: bool
    expires_at: float
    tried: frozenset[Channel] = frozenset()
    digest_until: float = 0.0
    taken_at: float | None = None
    seen: bool = False


class Hold(msgspec.Struct, frozen=True):
    """Why a notice waits, and until when: None for ever."""

    code: str
    until: float | None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What is done at `at`; `channel` where it is sent, `holds` the reasons one after the other.

    `code` says why it is not sent, where it is not.
    """

    verdict: Verdict
    at: float
    channel: Channel | None = None
    holds: tuple[Hold, ...] = ()
    code: str = ""


def decide(
    notice: DueNotice, person: Recipient, sent: Sequence[SentNotice], now: float, *, jitter_s: float = 0.0
) -> Decision:
    """Return what becomes of a notice at `now`.

    It is sent by the first channel that the user has chosen and agreed to and that was not tried, and held while it is
    quiet, paused, capped or collected for a digest. What was held is released up to `jitter_s` seconds later, by the
    notice's id. Without a channel, or where it would expire first, it goes to the app's inbox alone, which makes no
    noise. A critical one waits for nothing. One that expired, or of a muted topic, is dropped.

    What a channel took goes by the next one when it was not seen for some hours, which then hold it as well.
    """
    muted = notice.topic in person.preferences.muted and not notice.critical
    if muted or notice.expires_at <= now:
        return Decision(verdict=Verdict.DROP, at=now, code="muted" if muted else "expired")
    channel = next((each for each in _channels(notice, person) if each not in notice.tried), None)
    if notice.taken_at is not None and (notice.seen or channel is None or not _unseen_s(person)):
        return Decision(verdict=Verdict.INBOX, at=now, code="delivered")
    if channel is None:
        return Decision(verdict=Verdict.INBOX, at=now, code=_without_channel(person, notice))
    at, holds = _released(notice, person, sent, now)
    if at is None or at >= notice.expires_at:
        code = "too_late" if notice.taken_at is None else "delivered"
        return Decision(verdict=Verdict.INBOX, at=now, holds=holds, code=code)
    if at <= now:
        return Decision(verdict=Verdict.SEND, at=now, channel=channel)
    later = at + jitter_s * share_of(notice.id)
    if later < notice.expires_at and not _held(notice, person, sent, later):
        at = later
    return Decision(verdict=Verdict.HOLD, at=at, channel=channel, holds=holds)


def only_by(person: Recipient, channel: Channel) -> Recipient:
    """Return the same user as one who chose this channel and no other."""
    chosen = msgspec.structs.replace(person.preferences, channels=(channel,))
    return msgspec.structs.replace(person, preferences=chosen)


def zone_of(preferences: Preferences) -> ZoneInfo:
    """Return the user's time zone, UTC for one that this machine does not know any more."""
    try:
        return ZoneInfo(preferences.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, no name, or a folder
        return ZoneInfo("UTC")


def knows_zone(preferences: Preferences) -> bool:
    """Return whether this machine knows the time zone of these preferences."""
    return zone_of(preferences).key == preferences.time_zone


def share_of(id_: str) -> float:
    """Return a number from 0 to 1 that is the same for an id each time, and evenly spread over ids."""
    return int.from_bytes(hashlib.sha256(id_.encode()).digest()[:4], "big") / 2**32


def _unseen_s(person: Recipient) -> float:
    hours = person.preferences.unseen_hours
    return (UNSEEN_HOURS if hours is None else hours) * 3_600.0


def _channels(notice: DueNotice, person: Recipient) -> Sequence[Channel]:
    """In the user's order; a critical notice goes where the user agreed to anything."""
    chosen = person.preferences.channels
    if notice.critical and not chosen:
        chosen = tuple(Channel)
    ended = {Channel.EMAIL} if notice.topic in person.unsubscribed else set[Channel]()
    return [each for each in chosen if each in person.agreed - ended]


def _without_channel(person: Recipient, notice: DueNotice) -> str:
    if _channels(notice, person):
        return "channels_failed"
    if notice.topic in person.unsubscribed and Channel.EMAIL in person.agreed.intersection(person.preferences.channels):
        return "unsubscribed"
    return "no_consent" if person.preferences.channels else "no_channel"


def _released(
    notice: DueNotice, person: Recipient, sent: Sequence[SentNotice], now: float
) -> tuple[float | None, tuple[Hold, ...]]:
    """Return the first moment at which nothing holds the notice, None for never, and what holds it until then."""
    at, holds = now, list[Hold]()
    while len(holds) < MOST_HOLDS:
        hold = _held(notice, person, sent, at)
        if hold is None:
            return at, tuple(holds)
        holds.append(hold)
        if hold.until is None or hold.until >= notice.expires_at:
            return hold.until, tuple(holds)
        at = hold.until
    return None, tuple(holds)


def _held(notice: DueNotice, person: Recipient, sent: Sequence[SentNotice], at: float) -> Hold | None:
    """Return what holds the notice at `at`, the first of: not yet unseen for long, pause, digest, caps, quiet hours."""
    unseen_at = 0.0 if notice.taken_at is None else notice.taken_at + _unseen_s(person)
    if unseen_at > at:
        return Hold("unseen", unseen_at)
    if notice.critical:
        return None
    if person.paused_until > at:
        return Hold("paused", person.paused_until)
    if notice.digest_until > at:
        return Hold("digest", notice.digest_until)
    zone = zone_of(person.preferences)
    cap = capped(person.preferences.caps, sent, notice.topic, zone, at)
    if cap is not None:
        return Hold(cap.code, cap.until)
    allowed = earliest_allowed(person.preferences.quiet, zone, at)
    return None if allowed == at else Hold("quiet", allowed)
