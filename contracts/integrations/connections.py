"""A user's connections to providers: what is read from them, when, and how to take it back.

Calls block and are safe from several threads. Refusals are those of contracts.refusals, with GONE for an erased user,
PROVIDER_AWAY where a provider gives no usable answer, and RATE_LIMITED where it is not to be asked yet.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal, Protocol

import msgspec

from contracts.modules.profile import ZoneName

MOST_CONNECTIONS = 10
MOST_ITEMS_SHOWN = 200
ConnectionId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
SecretAddress = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
SecretToken = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class ConnectionProvider(StrEnum):
    """What can be connected."""

    ICALENDAR = "icalendar"
    TODOIST = "todoist"
    GOOGLE_CALENDAR = "google-calendar"
    GITHUB = "github"


class ConnectionState(StrEnum):
    """Whether the provider still lets us read; `reconnect` is asked nothing until its user connects or syncs again."""

    CONNECTED = "connected"
    RECONNECT = "reconnect"


class SyncOutcome(StrEnum):
    """What became of a sync: `failed` left what was read before as it was."""

    SYNCED = "synced"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class NewConnection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A calendar by its secret address, https or webcal, or GitHub by a classic token.

    `time_zone` is that of times which name none.
    """

    provider: ConnectionProvider
    address: SecretAddress | None = None
    token: SecretToken | None = None
    time_zone: ZoneName = "UTC"

    def __repr__(self) -> str:
        return f"NewConnection(provider={self.provider.value!r})"


class NewAuthorization(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A provider that is connected by OAuth; `time_zone` is that of days and of times which name none."""

    provider: ConnectionProvider
    time_zone: ZoneName = "UTC"


class AuthorizationStarted(msgspec.Struct, frozen=True):
    """The provider's page, to be opened in the same browser within ten minutes."""

    location: str

    def __repr__(self) -> str:
        return "AuthorizationStarted()"


class ProviderReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider sends a browser back with: a code, or an error, for the state; `iss` where it names itself."""

    state: str = ""
    code: str = ""
    error: str = ""
    iss: str = ""

    def __repr__(self) -> str:
        return "ProviderReturn()"


class SyncReport(msgspec.Struct, frozen=True, kw_only=True):
    """The last sync: when, what became of it in a word (`code`) and a sentence, and what was read.

    `components` are the entries of the calendar, `items` what of them lies in the window from `since` to `until`.
    `left_out` counts by reason what was not taken.
    """

    at: str
    outcome: SyncOutcome
    code: str
    says: str
    components: int = 0
    items: int = 0
    since: str | None = None
    until: str | None = None
    left_out: dict[str, int] = {}


class SyncWebhookUse(msgspec.Struct, frozen=True, kw_only=True):
    """That messages may have a connection read: since when, when the last one came, and until when two secrets count.

    `used_at` is null before the first, and once the last one is two weeks old.
    """

    made_at: str
    used_at: str | None
    old_until: str | None


class UserConnection(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as its user sees it; `host` is where it leads, never the address, which is a secret.

    `retry_at` is until when the provider wants not to be asked, `next_sync_at` when it is asked by itself. `webhook` is
    null where no message has it read.
    """

    id: str
    provider: ConnectionProvider
    state: ConnectionState
    host: str
    time_zone: str
    connected_at: str
    last_sync: SyncReport | None
    next_sync_at: str | None
    retry_at: str | None = None
    webhook: SyncWebhookUse | None = None


class ProviderOffer(msgspec.Struct, frozen=True):
    """A provider that can be connected here, and by what: a secret that its user gives, or its own page."""

    provider: ConnectionProvider
    by: Literal["address", "token", "oauth"]


class ConnectionList(msgspec.Struct, frozen=True):
    """All connections of a user, oldest first, and the providers that this server connects."""

    connections: Sequence[UserConnection]
    providers: Sequence[ProviderOffer] = ()


class ConnectionItem(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a calendar as it was read; `title` is a stranger's text, and never an instruction."""

    starts_at: str
    ends_at: str
    all_day: bool
    busy: bool
    title: str


class ConnectionItems(msgspec.Struct, frozen=True):
    """The items that are not over, by their start: `total` of them, of which the first are here."""

    total: int
    items: Sequence[ConnectionItem]


class SyncWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """Where signed messages have a connection read, and the secret that signs them, which is shown this once.

    The secret before it counts until `old_until`.
    """

    path: str
    secret: str
    old_until: str | None = None

    def __repr__(self) -> str:
        return f"SyncWebhook(path={self.path!r})"


class SignedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as Standard Webhooks signs it: three header fields and the bytes of the body."""

    id: str
    timestamp: str
    signature: str
    body: bytes


class SyncMessageReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """That a message was taken, and when it came first."""

    id: str
    received_at: str


class ProviderMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a provider's own webhook: the header fields that its scheme has, by small names, and the body."""

    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        return "ProviderMessage()"


class ProviderMessageReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """That a provider's message was taken, whether or not a connection is to be read sooner for it."""

    received_at: str


class UserConnections(Protocol):
    """Connections of one user at a time; each call raises contracts.refusals.Unavailable while the database is away."""

    def connect(self, user: str, new: NewConnection) -> UserConnection:
        """Return the connection once its first sync is stored.

        Raise InvalidInput for an address that cannot be used or holds no calendar and for a token that is taken no
        more, Conflict for one that is connected already or beyond MOST_CONNECTIONS, ProviderAway.
        """
        ...

    def authorize(self, user: str, session: str, new: NewAuthorization) -> AuthorizationStarted:
        """Begin to connect a provider by OAuth, in the browser of that session.

        Raise InvalidInput, and Conflict for a provider that this server is no client of or too many at once.
        """
        ...

    def authorized(self, user: str, session: str, provider: str, given: ProviderReturn) -> UserConnection:
        """Return the connection that a provider's answer makes, or the one whose grant it renews, once it was read.

        What the first sync came to is in its report. Raise ATTEMPT_GONE for what was not begun in that session or is
        over, REFUSED where the user or the provider did not agree, PROVIDER_AWAY.
        """
        ...

    def connections(self, user: str) -> ConnectionList:
        """Return all connections of the user, and what else can be connected."""
        ...

    def sync(self, user: str, connection: str) -> UserConnection:
        """Read the provider now and return the connection as it is then; a failure is in its report.

        Raise NotFound, InProgress while it is being read, RATE_LIMITED until the provider may be asked again.
        """
        ...

    def items(self, user: str, connection: str, first: int) -> ConnectionItems:
        """Return the first items that are not over; raise NotFound."""
        ...

    def disconnect(self, user: str, connection: str) -> None:
        """Delete the connection with all that was read and the key of its secret; raise NotFound.

        What a provider granted by OAuth is revoked there, at once or as soon as it answers.
        """
        ...

    def make_sync_webhook(self, user: str, connection: str) -> SyncWebhook:
        """Return the webhook of the connection with a new secret, the one before being good for a day more.

        Raise NotFound, and Conflict where another call did so at the same moment.
        """
        ...

    def remove_sync_webhook(self, user: str, connection: str) -> None:
        """Delete the webhook of the connection: no message has it read any more; raise NotFound."""
        ...

    def take_sync_message(self, connection: str, message: SignedMessage) -> SyncMessageReceipt:
        """Have the connection read soon, whoever's it is; a message that came before gets its first receipt.

        Raise BAD_SIGNATURE, for a connection without a webhook too, Conflict for the same id with another body, and
        RATE_LIMITED for too many of one connection.
        """
        ...

    def take_provider_message(self, provider: ConnectionProvider, message: ProviderMessage) -> ProviderMessageReceipt:
        """Have the connections read soon of which a provider says that they changed, by its own scheme.

        Raise BAD_SIGNATURE for what does not prove to be the provider's, and for a channel that is none alike.
        """
        ...
