"""What admins see of notices: where each is and why, and never what it says. Times are ISO 8601 in UTC."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from contracts.modules.notices import DeliveryView, HoldView
from contracts.paging import Page, PageRequest


class DeliveryState(StrEnum):
    """Where a notice is on its way to its user.

    WAITING for its time; SENDING while a call is under way; DELIVERED by a channel outside the app, though it may go by
    another one while it is unseen; UNKNOWN where nobody knows whether it arrived; INBOX where it is in the app's inbox
    alone; EXPIRED before it could be shown; MUTED by its user; UNREADABLE once its user's key is destroyed.
    """

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    INBOX = "inbox"
    EXPIRED = "expired"
    MUTED = "muted"
    UNREADABLE = "unreadable"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A notice on its way to its user; `release_at` is when it is decided on next, None where that is over.

    `holds` is what held it last, `hand_overs` what became of it by each channel outside the app.
    """

    id: str
    user: str
    state: DeliveryState
    code: str
    critical: bool
    requested_at: str
    release_at: str | None
    arrived_at: str | None
    expires_at: str
    holds: Sequence[HoldView]
    hand_overs: Sequence[DeliveryView]


class DeliveryStep(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a notice, or is to happen, in a sentence; from `at` on, until `until` where it lasts."""

    code: str
    text: str
    at: str | None
    until: str | None = None


class DeliveryHistory(msgspec.Struct, frozen=True, kw_only=True):
    """A notice with all that is known of its way, in the order in which it happened."""

    delivery: Delivery
    steps: Sequence[DeliveryStep]


class NoticeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many notices wait, how many of these are due, and how many hand-overs are under way or unknown.

    `oldest_waiting_s` is the age of the oldest that waits, `overdue_s` how long the first that is due has been so.
    """

    waiting: int
    due: int
    sending: int
    unknown: int
    oldest_waiting_s: float
    overdue_s: float


class PushKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key by which push services know this server; `public` is its public part, base64url.

    `subscriptions` counts those that were added while it was the newest and have not ended.
    """

    kid: str
    public: str
    made_at: str
    newest: bool
    subscriptions: int


class SuppressionView(msgspec.Struct, frozen=True, kw_only=True):
    """A mail address that gets no mail: `id` is its keyed hash in hexadecimal, `reason` a word."""

    id: str
    reason: str
    added_at: str


class NoticeAdministration(Protocol):
    """What admins may see and do; each call raises contracts.refusals.Unavailable while the database is away."""

    def deliveries(self, request: PageRequest) -> Page[Delivery]:
        """Return notices, newest first, uncounted; `where` may hold state, channel and user."""
        ...

    def count_deliveries(self, where: Mapping[str, str]) -> int:
        """Return how many notices there are under a filter of `deliveries`."""
        ...

    def delivery_history(self, notice: str) -> DeliveryHistory:
        """Return what became of a notice and why; raise NotFound."""
        ...

    def hand_over_again(self, notice: str) -> DeliveryHistory:
        """Have a notice handed over once more of which nobody knows whether it arrived, and return what is known then.

        Raise NotFound, and Conflict where no outcome is unknown.
        """
        ...

    def notice_counts(self) -> NoticeCounts:
        """Return how many notices are under way."""
        ...

    def push_keys(self) -> Sequence[PushKeyView]:
        """Return the keys that sign push messages, newest first; raise Unavailable where they cannot be read."""
        ...

    def suppressions(self, request: PageRequest) -> Page[SuppressionView]:
        """Return addresses that get no mail, newest first, uncounted."""
        ...

    def count_suppressions(self) -> int:
        """Return how many addresses get no mail."""
        ...

    def suppress(self, address: str) -> SuppressionView:
        """Send an address no mail from now on, of which the keyed hash is stored; again changes nothing.

        Raise InvalidInput for what is no mail address.
        """
        ...

    def lift_suppression(self, address: str) -> SuppressionView:
        """Let an address have mail again and return what it was; raise NotFound for one that is not on the list."""
        ...
