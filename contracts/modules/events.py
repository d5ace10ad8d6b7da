"""Events from one module to the others: the envelope, every type as a class, and how versions are converted.

Rules of compatibility: within a version a payload only ever gains fields that have a default, and readers ignore fields
that they do not know. Anything else is a new version, a class of its own next to the old one, with a step in each
direction in `Vocabulary.steps`, so that consumers of either version go on while both are in use.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, ClassVar, Protocol, runtime_checkable

import msgspec

from contracts.modules.database import Transaction
from contracts.modules.profile import Preferences, Topic
from contracts.payloads import OCCURRENCES
from contracts.payloads import Payload as Payload  # noqa: PLC0414  # passed on: events are made of it
from contracts.tips.catalog import DrawnTip
from core.policies.features import Features

LINE = r"^[^\x00-\x1f\x7f]*$(?!\n)"
"""Text without a control character: it can begin no line of a mail's header."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudEvents 1.0 event; `time` is ISO 8601 in UTC, (source, id) is unique and `id` a random UUID.

    `user` is the user it concerns (extension attribute): events of one user arrive in the order of their commits.
    `traceparent` is the trace context of the request that caused it.
    """

    id: str
    source: str
    time: str
    data: Payload
    user: str | None = None
    subject: str | None = None
    traceparent: str | None = None

    @property
    def type(self) -> str:
        """Return the versioned type, such as `tip.shown.v1`."""
        return self.data.type


class TipShownV1(Payload, frozen=True):
    """A tip was shown to the user; `position` counts from 0, None where there is one place only."""

    type: ClassVar[str] = "tip.shown.v1"
    personal: ClassVar[bool] = True
    decision: str
    tip: str
    surface: str
    position: int | None = None


class TipOpenedV1(Payload, frozen=True):
    """The user opened the tip; `tip` names it where the decision has several, here and below."""

    type: ClassVar[str] = "tip.opened.v1"
    personal: ClassVar[bool] = True
    decision: str
    tip: str | None = None


class TipDismissedV1(Payload, frozen=True):
    """The user dismissed the tip; `reason` is a word of the surface's own, None if they gave none."""

    type: ClassVar[str] = "tip.dismissed.v1"
    personal: ClassVar[bool] = True
    decision: str
    reason: str | None = None
    tip: str | None = None


class TipActedV1(Payload, frozen=True):
    """The user did what the tip said; `action` names what, if the surface knows."""

    type: ClassVar[str] = "tip.acted.v1"
    personal: ClassVar[bool] = True
    decision: str
    action: str | None = None
    tip: str | None = None


class TipRatedV1(Payload, frozen=True):
    """The user's rating, 1 (worst) to 5, with a comment if they wrote one."""

    type: ClassVar[str] = "tip.rated.v1"
    personal: ClassVar[bool] = True
    decision: str
    rating: int
    comment: str | None = None
    tip: str | None = None


class DecisionMadeV1(Payload, frozen=True):
    """Tips were drawn for the user, in order, by the probabilities of all eligible arms, for these coarse features."""

    type: ClassVar[str] = "decision.made.v1"
    personal: ClassVar[bool] = True
    decision: str
    features: Features
    arms: dict[str, float]
    drawn: tuple[DrawnTip, ...]
    seed: int
    policy: str
    policy_hash: str
    fallback: bool


class UserEraseRequestedV1(Payload, frozen=True):
    """The envelope's user is to be erased by every module; `erasure` is the id of the saga."""

    type: ClassVar[str] = "user.erase.requested.v1"
    erasure: str


class UserErasedV1(Payload, frozen=True):
    """A module's receipt: what it stored of the user is deleted; `rows` counts what it removed.

    The envelope has no user.
    """

    type: ClassVar[str] = "user.erased.v1"
    erasure: str
    module: str
    rows: int


class ConsentChangedV1(Payload, frozen=True):
    """The user gave or withdrew consent to a purpose, on the text of that version."""

    type: ClassVar[str] = "consent.changed.v1"
    personal: ClassVar[bool] = True
    purpose: str
    given: bool
    version: int


class SessionRevokedV1(Payload, frozen=True):
    """A session or token of the envelope's user is no longer valid; `reason` is a word such as `signed_out`."""

    type: ClassVar[str] = "session.revoked.v1"
    credential: str
    reason: str


class NoticeRequestedV1(Payload, frozen=True):
    """The envelope's user is to get this notice once, at a moment that suits them, until `expires_at` (ISO 8601).

    `link` is a path of the app, `decision` that of the tip it shows. `critical` names one of `CRITICAL`, which goes out
    whatever the user's hours and caps are; another word counts as none.
    """

    type: ClassVar[str] = "notice.requested.v1"
    personal: ClassVar[bool] = True
    topic: Topic
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=LINE)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    link: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^/(?![/\\\\])[!-\[\]-~]*$(?!\n)")] | None = None
    decision: Annotated[str, msgspec.Meta(max_length=100, pattern=LINE)] | None = None
    expires_at: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    critical: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class PreferencesChangedV1(Payload, frozen=True):
    """How the user wants to be reached from now on; `version` is their profile's, which only grows."""

    type: ClassVar[str] = "preferences.changed.v1"
    personal: ClassVar[bool] = True
    version: int
    preferences: Preferences


class PreferencesRequestedV1(Payload, frozen=True):
    """The user wants these preferences, as a link of a mail said; the profile has the last word.

    `shown` are those that the page had: what does not differ from them was not changed there. None is all of them.
    """

    type: ClassVar[str] = "preferences.requested.v1"
    personal: ClassVar[bool] = True
    preferences: Preferences
    shown: Preferences | None = None


class ConsentWithdrawnV1(Payload, frozen=True):
    """The user withdrew consent to a purpose by a link of a mail; the profile's log of consents records it."""

    type: ClassVar[str] = "consent.withdrawn.v1"
    personal: ClassVar[bool] = True
    purpose: str


class TopicsUnsubscribedV1(Payload, frozen=True):
    """The user ended the mail of these topics by a link of a mail."""

    type: ClassVar[str] = "topics.unsubscribed.v1"
    personal: ClassVar[bool] = True
    topics: tuple[Topic, ...]


class Vocabulary(msgspec.Struct, frozen=True):
    """The types that this program knows, by name, and the steps from one version of a type to another."""

    types: Mapping[str, type[Payload]]
    steps: Mapping[tuple[str, str], Callable[[Payload], Payload]] = {}


SIGNALS: tuple[type[Payload], ...] = (TipShownV1, TipOpenedV1, TipDismissedV1, TipActedV1, TipRatedV1)
"""What users did with tips: the signal log stores these."""
ERASURE: tuple[type[Payload], ...] = (UserEraseRequestedV1, UserErasedV1)
"""The events of an erasure itself: modules do not delete these when they delete a user's events."""
CRITICAL = frozenset({"account", "security"})
"""What a notice may be critical for; a tip never is."""
ALL: tuple[type[Payload], ...] = (
    *SIGNALS,
    *ERASURE,
    DecisionMadeV1,
    ConsentChangedV1,
    PreferencesChangedV1,
    PreferencesRequestedV1,
    ConsentWithdrawnV1,
    TopicsUnsubscribedV1,
    SessionRevokedV1,
    NoticeRequestedV1,
    *OCCURRENCES,
)
VOCABULARY = Vocabulary({known.type: known for known in ALL})


class Bus(Protocol):
    """Publishes events to the other modules."""

    def publish(self, transaction: Transaction, event: Event) -> None:
        """Write the event in the caller's own transaction: it is delivered if and when that commits.

        Raise ValueError for a personal payload without a user or an unknown type, sealing.Erased for an erased user.
        """
        ...


class Consumer(Protocol):
    """Has an effect in our database for each event of its types, exactly once and in order for each user."""

    @property
    def name(self) -> str:
        """Return the consumer's unique name, which never changes: progress is stored under it."""
        ...

    @property
    def takes(self) -> Sequence[type[Payload]]:
        """Return the types and versions it handles; other versions are converted by the vocabulary's steps."""
        ...

    @property
    def replayable(self) -> bool:
        """Return whether old events may be delivered again; False for a consumer with effects outside our database."""
        ...

    def handle(self, transaction: Transaction, event: Event) -> None:
        """Have the effect in this transaction and nowhere else; raise to roll back and be delivered again."""
        ...


@runtime_checkable
class ConsumerOfMany(Consumer, Protocol):
    """A consumer that has the effects of several events in fewer statements than one by one."""

    def handle_all(self, transaction: Transaction, events: Sequence[Event]) -> None:
        """Have the effects of all events as `handle` has them in turn; raise to have each handled by itself."""
        ...


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """How far a consumer is behind: events `waiting` to be tried, `dead` ones, age of the oldest waiting in seconds.

    `complete` is False while the broker cannot be reached: what it holds is not counted then.
    """

    consumer: str
    waiting: int
    dead: int
    oldest_s: float
    complete: bool = True


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the signal log at its position, which grows by one or more."""

    position: int
    event: Event
