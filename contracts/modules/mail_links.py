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
    """The topic whose mail had the link, and whether its mail has ended.

    `settings` is the token of all settings that the mail had, None once that does not count any more.
    """

    topic: str
    unsubscribed: bool
    settings: str | None


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


class MailAddress(msgspec.Struct, frozen=True, kw_only=True):
    """A user's mail address and since when it is confirmed, None without one; `suppressed` is why it gets no mail.

    `pending` waits to be confirmed; `pending_state` is what became of its mail: waiting, sending, sent, refused or
    unknown.
    """

    address: str | None
    confirmed_at: str | None
    suppressed: str | None
    pending: str | None
    pending_state: str | None


class EnteredAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mail address that a user enters."""

    address: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]


class ConfirmedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """What a link confirms, and whether it did."""

    address: str
    confirmed: bool


class MailAddresses(Protocol):
    """Users' mail addresses: nothing is sent to one that was not confirmed by a link in a mail to it.

    Each call raises GONE for an erased user, Unavailable while the database is away.
    """

    def mail_address(self, user: str) -> MailAddress:
        """Return the user's address, and the one that waits to be confirmed."""
        ...

    def enter_mail_address(self, user: str, address: str) -> MailAddress:
        """Have a mail sent to an address that asks to confirm it, which takes the place of the one before.

        Raise InvalidInput for what is no address, Conflict where nothing may be sent, RATE_LIMITED after five a day.
        """
        ...

    def remove_mail_address(self, user: str) -> MailAddress:
        """End the user's address and whatever waits to be confirmed."""
        ...

    def linked_address(self, token: str) -> ConfirmedAddress:
        """Return what a link would confirm, and change nothing; raise NotFound for no such link."""
        ...

    def confirm_address(self, token: str) -> ConfirmedAddress:
        """Make the link's address the user's own; the same again changes nothing. Raise NotFound for no such link."""
        ...


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
