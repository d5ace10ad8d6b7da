"""What profile promises: what people told the app, what they agreed to, everything about them as a file, and erasing.

Times are ISO 8601 in UTC, wall times `HH:MM`. Calls block and are safe from several threads.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, BinaryIO, Protocol

import msgspec

from contracts.access.caller import Caller

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Locale = Annotated[str, msgspec.Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$(?!\n)")]
Topic = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$(?!\n)")]
WallTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
ZoneName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100)]


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
    """A way to reach a user outside the app."""

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


class Preferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the user wants to be reached; a channel needs its consent too. `time_zone` is an IANA name."""

    time_zone: ZoneName = "UTC"
    channels: Annotated[tuple[Channel, ...], msgspec.Meta(max_length=8)] = ()
    muted: Annotated[tuple[Topic, ...], msgspec.Meta(max_length=100)] = ()
    quiet: Annotated[tuple[Quiet, ...], msgspec.Meta(max_length=28)] = ()
    caps: Caps = Caps()


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a user told the app of themselves."""

    name: Name | None = None
    locale: Locale | None = None
    preferences: Preferences = Preferences()


class ZoneSince(msgspec.Struct, frozen=True):
    """A time zone that the user was in from then on."""

    time_zone: str
    since: str


class KeptProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A profile as it is kept: `version` grows by one a change, 0 is one that nobody has written yet.

    `zones` are the zones so far, oldest first.
    """

    version: int
    profile: Profile
    zones: tuple[ZoneSince, ...] = ()
    updated_at: str | None = None


class Purpose(StrEnum):
    """What a user can agree to; nothing else can be asked for."""

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
"""The text in force for each purpose. Other words are another version, and everybody is asked again."""


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """What a user decided of one purpose; `given` counts for the text in force only, `at` is None before the first."""

    purpose: Purpose
    given: bool
    version: int
    text: str
    at: str | None = None
    decided_version: int | None = None


class Profiles(Protocol):
    """Profiles by user; contracts.modules.sealing.Erased for an erased one."""

    def profile(self, user: str) -> KeptProfile:
        """As kept, or version 0."""
        ...

    def put_profile(self, user: str, profile: Profile, version: int | None) -> KeptProfile:
        """Take its place if `version` is the one kept, None is whichever is; Conflict, InvalidInput for a zone."""
        ...


class Consents(Protocol):
    """What users agreed to, by purpose."""

    def allows(self, user: str, purpose: Purpose) -> bool:
        """Whether the last word on the text in force was yes; read at each call, so that a withdrawal counts at once.

        No for whoever asked to be erased.
        """
        ...

    def consents(self, user: str) -> Sequence[Consent]:
        """Every purpose."""
        ...

    def decide(self, user: str, purpose: Purpose, *, given: bool, version: int | None, channel: str) -> Consent:
        """Give or withdraw; the same again changes nothing.

        Giving names the `version` of the text that was shown: Conflict for one that is not in force. `channel` says
        through what it was said: session or token.
        """
        ...


class Person(Profiles, Consents, Protocol):
    """Both, as a module that keeps them is asked."""


class GrantsLeft(StrEnum):
    """What became of what the user had granted us at identity providers."""

    HELD = "held"
    RETURNED = "returned"
    UNRETURNED = "unreturned"


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """A user being erased, or erased: then `done_at` is there and `user` is not.

    `waiting` names the modules without a receipt; `stuck` is one that has taken more than 24 hours. `due_at` is the
    day by which it must be done. `grants` is None where no provider's grant could be taken back by us; while it is
    held no module is asked; unreturned is one that the provider did not take back within 24 hours, or could not.
    """

    id: str
    user: str | None
    by: str
    requested_at: str
    due_at: str
    waiting: tuple[str, ...]
    stuck: bool
    done_at: str | None = None
    grants: GrantsLeft | None = None


class IdentityGrants(Protocol):
    """What users granted us at identity providers; blocking, with the network in it."""

    def held(self, user: str) -> bool:
        """Whether there is something to take back; asks nobody outside."""
        ...

    def take_back(self, user: str) -> bool:
        """Take all of it back; False when some of it can never be. Idempotent; raises where it may be tried again."""
        ...


class Erasures(Protocol):
    """Erasing users from every module."""

    def erase(self, user: str, by: str) -> Erasure:
        """Ask every module; who was asked for before gets the same answer. `by` is self, admin or command.

        NotFound for nobody of ours, Conflict for the last admin and for accounts of the house.
        """
        ...

    def erasures(self, *, most: int = 200) -> Sequence[Erasure]:
        """Those under way, then those done, newest first."""
        ...


class Exporter(Protocol):
    """Everything about a user from every module."""

    def export(self, user: str) -> BinaryIO:
        """A ZIP archive, whole, at its start; the caller closes it and nothing of it stays. Unavailable."""
        ...


class MayErase(Protocol):
    """Who may be erased, which is the users' own module to say."""

    def __call__(self, user: str, being_erased: frozenset[str], /) -> None:
        """NotFound, or Conflict where nobody may: counting the users in `being_erased` as gone."""
        ...


class SignedInLately(Protocol):
    """Whether a caller proved who they are moments ago, for what cannot be taken back."""

    def __call__(self, caller: Caller, /) -> bool:
        """A session that began at most 10 minutes ago; never a token."""
        ...


class ErasureLedger(Protocol):
    """Who was erased, kept apart from every database, so that a restored backup can be brought up to date."""

    def add(self, erasure: str, user: str, at: str) -> None:
        """Note a keyed hash of the user, on the disk when this returns; idempotent by `erasure`."""
        ...

    def holds(self, user: str) -> bool:
        """Whether this user was erased."""
        ...
