"""What profile promises: profiles and consents; what spans all modules is in contracts.modules.erasure.

Times are ISO 8601 in UTC, wall times `HH:MM`. Calls block and are safe from several threads.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Locale = Annotated[str, msgspec.Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$(?!\n)")]
Topic = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$(?!\n)")]
WallTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
ZoneName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100)]
MOST_MUTED = 100


class Weekday(StrEnum):
    """The day on which a window of quiet begins."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Channel(StrEnum):
    """A channel that reaches a user outside the app."""

    PUSH = "push"
    EMAIL = "email"


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is sent in [start, end) of the user's wall time; `end` before `start` is the next day's, equal is off."""

    day: Weekday
    start: WallTime
    end: WallTime


class Caps(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The most that may be sent: in any 24 hours, in a local calendar day, in one of a topic; None is the app's own."""

    per_24h: Count | None = None
    per_day: Count | None = None
    per_topic: Count | None = None


class Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Notices of this topic go out together: so long after the first of them, or when so many are there."""

    topic: Topic
    wait_minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)]
    most: Annotated[int, msgspec.Meta(ge=2, le=20)] = 10


class Preferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the user wants to be reached; a channel needs its consent too. `time_zone` is an IANA name.

    What nobody looked at `unseen_hours` after one channel took it goes by the next; 0 is never, None is the app's own.
    """

    time_zone: ZoneName = "UTC"
    channels: Annotated[tuple[Channel, ...], msgspec.Meta(max_length=8)] = ()
    muted: Annotated[tuple[Topic, ...], msgspec.Meta(max_length=MOST_MUTED)] = ()
    quiet: Annotated[tuple[Quiet, ...], msgspec.Meta(max_length=28)] = ()
    caps: Caps = Caps()
    digests: Annotated[tuple[Digest, ...], msgspec.Meta(max_length=100)] = ()
    unseen_hours: Annotated[int, msgspec.Meta(ge=0, le=168)] | None = None


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a user entered about themselves."""

    name: Name | None = None
    locale: Locale | None = None
    preferences: Preferences = Preferences()


class ZoneSince(msgspec.Struct, frozen=True):
    """A time zone that the user was in from then on."""

    time_zone: str
    since: str


class StoredProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A profile as stored: `version` grows by one with each change, 0 is a profile that was never written.

    `zones` are the zones so far, oldest first.
    """

    version: int
    profile: Profile
    zones: tuple[ZoneSince, ...] = ()
    updated_at: str | None = None


class Purpose(StrEnum):
    """What a user can agree to; there are no other purposes."""

    EXTERNAL_MODEL = "external-model"
    IMPROVE = "improve"
    PUSH = "push"
    EMAIL = "email"


class ConsentText(msgspec.Struct, frozen=True):
    """The words shown for a purpose; they never change within a version."""

    purpose: Purpose
    version: int
    text: str


TEXTS: Mapping[Purpose, ConsentText] = {
    text.purpose: text
    for text in (
        ConsentText(
            Purpose.EXTERNAL_MODEL,
            1,
            "What I told the app about my situation may be sent to a model that another company runs, to write tips "
            "for me. Without this, only models that run here are asked.",
        ),
        ConsentText(
            Purpose.IMPROVE,
            1,
            "What I did with tips and the situations they were for may be used, with names and addresses taken out, to "
            "find out which models and prompts write better tips.",
        ),
        ConsentText(Purpose.PUSH, 1, "The app may send me push messages, within the hours and numbers that I set."),
        ConsentText(Purpose.EMAIL, 1, "The app may send me e-mail, within the hours and numbers that I set."),
    )
}
"""The text in force for each purpose. Changed words are a new version, and every user has to decide again."""


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """What a user decided on one purpose.

    `given` counts for the text in force only, `at` is None before the first decision.
    """

    purpose: Purpose
    given: bool
    version: int
    text: str
    at: str | None = None
    decided_version: int | None = None


class Profiles(Protocol):
    """Profiles by user; each call raises contracts.modules.sealing.Erased for an erased user."""

    def profile(self, user: str) -> StoredProfile:
        """Return the stored profile, or version 0 if there is none; raise Erased for an erased user."""
        ...

    def put_profile(self, user: str, profile: Profile, version: int | None) -> StoredProfile:
        """Replace the profile if `version` is the stored one or None, and return it as stored.

        Raise Conflict for another version, InvalidInput for an unknown time zone, Erased for an erased user.
        """
        ...


class Consents(Protocol):
    """What users agreed to, by purpose."""

    def allows(self, user: str, purpose: Purpose) -> bool:
        """Return whether the last decision on the text in force was yes; False for a user who requested erasure.

        It is read at each call, so that a withdrawal counts at once.
        """
        ...

    def consents(self, user: str) -> Sequence[Consent]:
        """Return the user's decision on every purpose."""
        ...

    def decide(self, user: str, purpose: Purpose, *, given: bool, version: int | None, channel: str) -> Consent:
        """Record a decision and return it; the same again changes nothing.

        Giving names the `version` of the text that was shown: raise Conflict for one that is not in force. `channel` is
        how it was given: session or token.
        """
        ...


class Person(Profiles, Consents, Protocol):
    """Profiles and consents together, as the module that stores both offers them."""
