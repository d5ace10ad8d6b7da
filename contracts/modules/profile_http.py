"""What the endpoints of profile take and give in addition to the records of its contract."""

import msgspec

from contracts.modules.profile import Consent, Preferences, ZoneSince


class ProfileView(msgspec.Struct, frozen=True, kw_only=True):
    """A profile as its user reads it; the ETag of the answer is what a change sends as If-Match."""

    name: str | None
    locale: str | None
    preferences: Preferences
    zones: tuple[ZoneSince, ...]
    updated_at: str | None


class ConsentList(msgspec.Struct, frozen=True):
    """What a user agreed to, every purpose."""

    consents: list[Consent]


class ConsentDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Yes or no to a purpose; a yes names the version of the text that was shown."""

    given: bool
    version: int | None = None
