"""Deliveries: notices on their way to users, why each is where it is, and sending one again; never what one says."""

from enum import Enum
from typing import Annotated

import msgspec
import strawberry

from api.connection import After, Connection, First, connection_of, request_of
from api.context import Info, in_thread
from api.enums import described
from api.failures import AnyFailure
from api.fields import field, mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.modules.notice_administration import Delivery as NoticeDelivery
from contracts.modules.notice_administration import DeliveryHistory as NoticeSteps
from contracts.modules.notice_administration import DeliveryStep as NoticeStep
from contracts.modules.notice_administration import NoticeCounts as Counts
from contracts.modules.notices import DeliveryView, HoldView


@described(
    "Where a notice is on its way to its user.",
    WAITING="For its time.",
    SENDING="A call is under way.",
    DELIVERED="By a channel outside the app, and in the inbox.",
    UNKNOWN="Nobody knows whether it arrived.",
    INBOX="In the inbox of the app alone.",
    EXPIRED="Before it could be shown.",
    MUTED="By its user.",
    UNREADABLE="Its user was erased, or it is damaged.",
)
class DeliveryState(Enum):
    """See contracts.modules.notice_administration.DeliveryState."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    INBOX = "inbox"
    EXPIRED = "expired"
    MUTED = "muted"
    UNREADABLE = "unreadable"


@described("A channel outside the app.", PUSH="Web Push.", EMAIL="Mail.")
class DeliveryChannel(Enum):
    """See contracts.modules.profile.Channel."""

    PUSH = "push"
    EMAIL = "email"


@strawberry.type(description="What held a notice.")
class DeliveryHold:
    """Shows contracts.modules.notices.HoldView."""

    is_type_of = accepts(HoldView)

    code: str = strawberry.field(description="paused, digest, cap_24h, cap_day, cap_topic or quiet.")
    until: str | None = strawberry.field(description="ISO 8601 in UTC; null for ever.")


@strawberry.type(description="What became of a notice by one channel outside the app.")
class ChannelHandOver:
    """Shows contracts.modules.notices.DeliveryView."""

    is_type_of = accepts(DeliveryView)

    channel: str = strawberry.field(description="push or email.")
    state: str = strawberry.field(description="sending, delivered, refused, later, unknown or again.")
    reason: str = strawberry.field(description="The channel's own word; empty while a call is under way.")
    attempts: int = strawberry.field(description="How often it was tried.")
    started_at: str = strawberry.field(description="When it was tried last, ISO 8601 in UTC.")
    ended_at: str | None = strawberry.field(description="ISO 8601 in UTC; null while a call is under way.")


@strawberry.type(description="A notice on its way to its user; what it says is for the user alone.")
class Delivery:
    """Shows contracts.modules.notice_administration.Delivery."""

    is_type_of = accepts(NoticeDelivery)

    id: str = strawberry.field(description="Id of the notice, and of the event that requested it.")
    user: str = strawberry.field(description="Id of its user.")
    state: DeliveryState = strawberry.field(description="Where it is.")
    code: str = strawberry.field(description="Why it is there, as a word; may be empty.")
    critical: bool = strawberry.field(description="Whether hours, caps and pauses do not hold it.")
    requested_at: str = strawberry.field(description="ISO 8601 in UTC.")
    release_at: str | None = strawberry.field(description="When it is decided on next; null once it was released.")
    arrived_at: str | None = strawberry.field(description="When it came into the inbox of the app.")
    expires_at: str = strawberry.field(description="From when on it is shown nowhere.")

    @field("What held it last.", gives=list[DeliveryHold], rows=5)
    @staticmethod
    def holds(root: strawberry.Parent[NoticeDelivery]) -> list[HoldView]:
        """Return the reasons, one after the other."""
        return list(root.holds)

    @field("What became of it by each channel.", gives=list[ChannelHandOver], rows=2)
    @staticmethod
    def hand_overs(root: strawberry.Parent[NoticeDelivery]) -> list[DeliveryView]:
        """Return the hand-overs, oldest first; they are read with the page."""
        return list(root.hand_overs)


@strawberry.type(description="What happened to a notice, or is to happen.")
class DeliveryStep:
    """Shows contracts.modules.notice_administration.DeliveryStep."""

    is_type_of = accepts(NoticeStep)

    code: str = strawberry.field(description="The same as a word.")
    text: str = strawberry.field(description="In a sentence.")
    at: str | None = strawberry.field(
        description="From when on, ISO 8601 in UTC; null where it follows what is before."
    )
    until: str | None = strawberry.field(description="Until when, where it lasts.")


@strawberry.type(description="The way of one notice.")
class DeliveryHistory:
    """Shows contracts.modules.notice_administration.DeliveryHistory."""

    is_type_of = accepts(NoticeSteps)

    delivery: Delivery = strawberry.field(description="Where it is.")

    @field("What happened, in order, then what comes next.", gives=list[DeliveryStep], rows=20)
    @staticmethod
    def steps(root: strawberry.Parent[NoticeSteps]) -> list[NoticeStep]:
        """Return the steps, of which holds say until when and not since when."""
        return list(root.steps)


@strawberry.type(description="How many notices are under way.")
class NoticeCounts:
    """Shows contracts.modules.notice_administration.NoticeCounts."""

    is_type_of = accepts(Counts)

    waiting: int = strawberry.field(description="Held or due.")
    due: int = strawberry.field(description="Those of them whose time has come.")
    sending: int = strawberry.field(description="Hand-overs whose call is under way.")
    unknown: int = strawberry.field(description="Hand-overs of which nobody knows whether they arrived.")
    oldest_waiting_s: float = strawberry.field(description="Age of the oldest that waits, in seconds.")
    overdue_s: float = strawberry.field(description="For how many seconds the first one has been due.")


@strawberry.input(description="Which deliveries; every field given must match.")
class DeliveryFilter:
    """Which notices, filtered by the database."""

    state: DeliveryState | None = strawberry.field(default=None, description="Where it is.")
    channel: DeliveryChannel | None = strawberry.field(default=None, description="By which it was tried.")
    user: str | None = strawberry.field(default=None, description="Id of its user.")


DeliveryResult = Annotated[
    DeliveryHistory | AnyFailure,
    strawberry.union("DeliveryResult", description="The way of the notice, or why it is not sent again."),
]
NoticeArgument = Annotated[str, strawberry.argument(description="Id of the notice.")]


class DeliveryQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "Notices on their way to users, newest first.", gives=Connection[Delivery])
    async def deliveries(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        where: Annotated[DeliveryFilter | None, strawberry.argument(description="Which.")] = None,
    ) -> Connection[NoticeDelivery]:
        """Return a page of notices, newest first, counted only when a query selects it."""
        notices = info.context.services.notices
        given = vars(where) if where else {}
        chosen = {name: value.value if isinstance(value, Enum) else value for name, value in given.items()}
        listing = request_of("deliveries", first, after, where=chosen)
        page = await in_thread(notices.deliveries, listing)
        counted = msgspec.structs.replace(page, count=lambda: notices.count_deliveries(listing.where))
        return connection_of(counted, listing)

    @query(Role.ADMIN, "What became of a notice, and why.", gives=DeliveryHistory, weight=200)
    async def notice_history(self, info: Info, notice: NoticeArgument) -> NoticeSteps:
        """Return the way of a notice; raise NotFound."""
        return await in_thread(info.context.services.notices.delivery_history, notice)

    @query(
        Role.ADMIN, "How many notices wait, are sent now or have an unknown outcome.", gives=NoticeCounts, weight=500
    )
    async def notice_counts(self, info: Info) -> Counts:
        """Return the counts of what is under way."""
        return await in_thread(info.context.services.notices.notice_counts)


class DeliveryMutations:
    """Root fields of the mutation."""

    @mutation(
        Role.ADMIN,
        "Send a notice once more of which nobody knows whether it arrived; it may arrive twice.",
        gives=DeliveryResult,
        weight=350,
    )
    async def send_notice_again(self, info: Info, notice: NoticeArgument) -> NoticeSteps:
        """Have what is unknown handed over again; raise NotFound, and Conflict where nothing is."""
        info.context.note(target=notice)
        found = await in_thread(info.context.services.notices.hand_over_again, notice)
        info.context.note(after={"state": found.delivery.state.value})
        return found
