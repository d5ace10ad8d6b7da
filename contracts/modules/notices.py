"""What notifier promises: a user's notices in the app, and what became of each. Times are ISO 8601 in UTC."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec

from contracts.modules.profile import Channel, Preferences, Topic

NoticeId = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[!-~]*$(?!\n)")]
BrowserId = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[!-~]*$(?!\n)")]
KeyText = Annotated[str, msgspec.Meta(max_length=200)]


class Shown(StrEnum):
    """Which notices of the inbox are listed; expired ones never are."""

    UNREAD = "unread"
    INBOX = "inbox"
    ARCHIVED = "archived"


class InboxNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in the app's inbox; `opened_at` is when the user followed it to what it is about."""

    id: str
    topic: str
    title: str
    text: str
    link: str | None
    decision: str | None
    critical: bool
    arrived_at: str
    expires_at: str
    read_at: str | None
    opened_at: str | None
    archived_at: str | None


class NoticeQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which page of the inbox: `first` notices after the one whose id is `after`."""

    show: Shown = Shown.INBOX
    first: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    after: NoticeId | None = None


class NoticePage(msgspec.Struct, frozen=True, kw_only=True):
    """Notices, latest first; `next` is what to send as `after` for the page that follows, None on the last."""

    notices: Sequence[InboxNotice]
    unread: int
    next: str | None


class NoticeMarks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said of a notice; None leaves it as it is. Opening reads it too, and is never taken back."""

    read: bool | None = None
    archived: bool | None = None
    opened: bool | None = None


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """What held a notice, as a word, and until when: None for ever."""

    code: str
    until: str | None


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a notice by a channel outside the app; `reason` is the channel's own word."""

    channel: str
    state: str
    reason: str
    attempts: int
    started_at: str
    ended_at: str | None


class NoticeHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Where a notice is and why: its state, what held it last, its hand-overs, and all of it in sentences (`why`)."""

    id: str
    state: str
    code: str
    holds: Sequence[HoldView]
    deliveries: Sequence[DeliveryView]
    why: Sequence[str]


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days nothing is to go out; 0 ends a pause."""

    days: Annotated[int, msgspec.Meta(ge=0, le=30)]


class PausedUntil(msgspec.Struct, frozen=True):
    """Until when nothing goes out, None without a pause."""

    until: str | None


class WeekNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A notice that might be requested `after_minutes` from now, and would expire `lasts_hours` later."""

    topic: Topic
    after_minutes: Annotated[int, msgspec.Meta(ge=0, le=10_080)]
    lasts_hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 336
    critical: bool = False


class PlannedWeek(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Notices of the coming week, and preferences in place of the user's own: None for those as they are."""

    notices: Annotated[tuple[WeekNotice, ...], msgspec.Meta(min_length=1, max_length=100)]
    preferences: Preferences | None = None


class ForeseenNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a notice: `outcome` is send, inbox, drop, or hold where the week ends before it is out.

    `at` is when, `channel` by what it is sent, `holds` what held it last, `code` why it is not sent, `why` all of it in
    sentences.
    """

    requested_at: str
    outcome: str
    at: str
    channel: str | None
    code: str
    holds: Sequence[HoldView]
    why: Sequence[str]


class ForeseenWeek(msgspec.Struct, frozen=True):
    """What would become of the notices of a week, in their order."""

    notices: Sequence[ForeseenNotice]


class Notices(Protocol):
    """A user's notices; each call raises contracts.refusals.Unavailable while the database is away."""

    def inbox(self, user: str, query: NoticeQuery) -> NoticePage:
        """Return a page of the user's inbox; raise contracts.paging.InvalidCursor for an unknown `after`."""
        ...

    def mark(self, user: str, notice: str, marks: NoticeMarks) -> InboxNotice:
        """Mark one notice and return it; raise NotFound for one that is not in the user's inbox.

        The first time that it is opened is a signal, if it shows a tip.
        """
        ...

    def read_all(self, user: str) -> int:
        """Mark every unread notice of the user's inbox as read and return how many those were."""
        ...

    def why(self, user: str, notice: str) -> NoticeHistory:
        """Return what became of one notice and why; raise NotFound for one that is not the user's."""
        ...

    def send_again(self, user: str, notice: str) -> NoticeHistory:
        """Have a notice handed over once more of which nobody knows whether it arrived, and return what is known then.

        Raise NotFound for one that is not the user's, Conflict where no outcome is unknown.
        """
        ...

    def pause(self, user: str, days: int) -> PausedUntil:
        """Let nothing go out for so many days from now on, 0 for an end of the pause; return until when."""
        ...

    def week(self, user: str, week: PlannedWeek) -> ForeseenWeek:
        """Return what would become of notices of the coming week, decided as at release; nothing is stored or sent.

        What the user agreed to, a pause and what was sent lately count as they are. Raise InvalidInput for an unknown
        time zone.
        """
        ...


class ApplicationServerKey(msgspec.Struct, frozen=True):
    """What a page gives to `pushManager.subscribe` as its applicationServerKey, in base64url."""

    key: str


class SubscriptionKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The browser's own keys, in base64url."""

    p256dh: KeyText
    auth: KeyText


class PushSubscription(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"expiration_time": "expirationTime"}
):
    """What `PushSubscription.toJSON()` makes, and the key of `GET /v1/push/key` that it was made with, if known."""

    endpoint: Annotated[str, msgspec.Meta(max_length=4096)]
    keys: SubscriptionKeys
    expiration_time: float | None = None
    server_key: KeyText | None = None


class SubscribedBrowser(msgspec.Struct, frozen=True):
    """A browser that gets push messages, and the push service that takes them."""

    id: str
    service: str


class ChannelTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which channel a test is to come."""

    channel: Channel


class Reachable(Protocol):
    """Where a user is reached; each call raises contracts.refusals.Unavailable while the database is away."""

    def push_key(self, user: str) -> ApplicationServerKey:
        """Return the key that the user's browsers subscribe with; raise Conflict where no push messages are sent.

        Another one than a browser has subscribed with means that it is to subscribe anew.
        """
        ...

    def subscribe(self, user: str, session: str, subscription: PushSubscription) -> SubscribedBrowser:
        """Send the user's push messages to this browser too, until the session ends; the same again is the same one.

        Raise FieldError for what is no subscription or leads to no public address, Conflict for a key that is none of
        ours and where no push messages are sent.
        """
        ...

    def forget_browser(self, user: str, browser: str) -> None:
        """Send nothing to that browser any more; raise NotFound for one that is not the user's."""
        ...

    def test_channel(self, user: str, channel: Channel) -> NoticeHistory:
        """Request a notice that goes out by this channel now, whatever the user's hours and caps are.

        Raise Conflict where it cannot: not agreed to, no address, or not sent by this server.
        """
        ...
