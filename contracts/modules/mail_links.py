"""What notifier promises to whoever opens a link of a mail, signed in or not. Times are ISO 8601 in UTC."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec

from contracts.modules.profile import Channel, Preferences, Quiet, Topic

LinkToken = Annotated[str, msgspec.Meta(min_length=20, max_length=1_000, pattern=r"^[A-Za-z0-9_-]*$(?!\n)")]


class TopicChoice(StrEnum):
    """How a topic may reach its user: by every channel, by all but mail, or not at all."""

    ALL = "all"
    NO_MAIL = "no-mail"
    NONE = "none"


class LinkedTopic(msgspec.Struct, frozen=True, kw_only=True):
    """The topic whose mail had the link, and whether its mail has ended; `settings` is the token of all settings."""

    topic: str
    unsubscribed: bool
    settings: str


class LinkedSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a user is reached: `version` is that of the preferences, `agreed` the channels they agreed to."""

    preferences: Preferences
    version: int
    topics: Mapping[str, TopicChoice]
    agreed: tuple[Channel, ...]
    paused_until: str | None


class LinkedChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a page of settings is to be changed to; `version` is the one that it showed.

    Topics that are not named stay as they are, and so does a pause without `pause_days`.
    """

    version: int
    channels: Annotated[tuple[Channel, ...], msgspec.Meta(max_length=8)]
    topics: Annotated[dict[Topic, TopicChoice], msgspec.Meta(max_length=100)]
    quiet: Annotated[tuple[Quiet, ...], msgspec.Meta(max_length=28)]
    pause_days: Annotated[int, msgspec.Meta(ge=0, le=30)] | None = None


class MailLinks(Protocol):
    """What the links do; each call raises NotFound for a token that is none, or not for this.

    Unavailable while the database is away; for an erased user GONE, except where the link only unsubscribes.
    """

    def linked_topic(self, token: str) -> LinkedTopic:
        """Return what a link for unsubscribing is about, and change nothing."""
        ...

    def unsubscribe(self, token: str) -> LinkedTopic:
        """End the mail of the link's topic, from the next notice on; the same again changes nothing."""
        ...

    def linked_settings(self, token: str) -> LinkedSettings:
        """Return how the link's user is reached."""
        ...

    def change_linked(self, token: str, change: LinkedChange) -> LinkedSettings:
        """Change how the link's user is reached; raise Conflict where that was changed since the page was shown."""
        ...

    def withdraw_mail(self, token: str) -> LinkedSettings:
        """Withdraw the consent to mail, from the next notice on; the same again changes nothing."""
        ...
