"""What every channel promises: one hand-over of one notice to one address, and an outcome that is never a guess."""

from enum import StrEnum
from typing import Literal, Protocol

import msgspec


class SendOutcome(StrEnum):
    """What became of a hand-over.

    DELIVERED: the peer took it. REFUSED: for good, the same again would be refused again. LATER: the peer surely does
    not have it, and may take it at another time. UNKNOWN: the peer may have it, so it is not sent again by itself.
    """

    DELIVERED = "delivered"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over. `id` is the notice's own, by which whoever shows it drops a second copy.

    `path` is what opens in the app, from its origin on. `ttl_s` are the seconds for which it is still of use.
    `unsubscribe` is the signed address that takes the topic's mail away by one POST, `settings` that of the page of all
    settings, for channels that show them.
    """

    id: str
    topic: str
    title: str
    text: str
    path: str = "/"
    ttl_s: int = 24 * 3600
    urgency: Literal["low", "normal", "high"] = "normal"
    unsubscribe: str | None = None
    settings: str | None = None


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one call, and why in one word or few that name no user, address or secret.

    `retry_after_s` is what the peer wants to be waited for, None where it did not say. `ends_address` says that this
    address will never take anything again: a subscription is removed, a mail address is suppressed.
    """

    outcome: SendOutcome
    reason: str
    retry_after_s: float | None = None
    ends_address: bool = False


class Sender(Protocol):
    """A channel as the notifier calls it, for one event loop.

    `channel` is its word in preferences and consents, as contracts.modules.profile.Channel has it.
    """

    channel: str

    async def send(self, notice: Notice, address: str) -> HandOver:
        """Send the notice to the address once, within a bounded time; raise nothing for what a peer does.

        The address is the browser's subscription as JSON, or a mail address. Cancelling the call leaves the outcome
        unknown.
        """
        ...
