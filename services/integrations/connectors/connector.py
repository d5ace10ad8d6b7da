"""What every connector does, whatever its provider: check what a user gives, and pull items."""

from typing import Literal, Protocol, runtime_checkable

import msgspec

from contracts.integrations.connections import ConnectionProvider, NewConnection
from contracts.refusals import Refusal
from services.integrations.calendars.calendar_items import CalendarRead, SyncWindow

Cursor = dict[str, str]
"""Where the last pull ended, in the provider's own words; empty before the first."""


class ProviderFailed(Refusal):
    """The provider gave no usable answer when a connection was to be made."""

    code = "PROVIDER_AWAY"


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises of bytes that are no JSON of a type, whose texts are no UTF-8, or that nest without end."""


class PullFailed(Exception):
    """A pull that gave nothing: `code` never changes, `says` is for the user and names no address.

    `retry_after_s` is what the provider wants to be waited for. `ends_grant` says that it lets us read no more,
    `input_` that what the user gave is to blame.
    """

    def __init__(
        self,
        code: str,
        says: str,
        *,
        retry_after_s: float | None = None,
        ends_grant: bool = False,
        input_: bool = False,
    ) -> None:
        super().__init__(code)
        self.code, self.says, self.retry_after_s = code, says, retry_after_s
        self.ends_grant, self.input_ = ends_grant, input_


class AccessRejected(Exception):
    """The provider takes this access token no longer: another one is to be asked for, once."""


class Grant(msgspec.Struct, frozen=True):
    """What a connection is made of: the secret for the vault, and the host that its user is shown."""

    secret: bytes
    host: str


class Pulled(msgspec.Struct, frozen=True):
    """All items of the window, so that those which are missing were deleted; None where nothing changed.

    With `removed`, the keys of items that are in the window no more, `read` has only what changed since the last pull.
    The provider wants not to be asked again for `wait_s`. `account` is what it calls the account in its webhooks, None
    where it does not say.
    """

    read: CalendarRead | None
    cursor: Cursor
    removed: frozenset[str] | None = None
    wait_s: float = 0.0
    account: str | None = None


class Connector(Protocol):
    """One provider; calls block for a bounded time, end with Cancelled when the process does, and log no secret."""

    @property
    def provider(self) -> ConnectionProvider:
        """Return what it connects to."""
        ...

    @property
    def incremental(self) -> bool:
        """Return whether a cursor is one of changes, good for the window of the last whole pull alone."""
        ...

    def pull(self, secret: bytes, cursor: Cursor, window: SyncWindow) -> Pulled:
        """Return what is in the window, by the cursor of the last pull of the same window.

        Raise PullFailed, or AccessRejected for an access token.
        """
        ...


class GivenConnector(Connector, Protocol):
    """A provider that is connected by a secret which its user has and gives."""

    @property
    def given(self) -> Literal["address", "token"]:
        """Return the field of a new connection that has the secret."""
        ...

    def authorize(self, new: NewConnection) -> Grant:
        """Return the grant of what a user gave; raise a refusal of what cannot be one. Nothing is sent."""
        ...


class OAuthConnector(Connector, Protocol):
    """A provider that is connected by OAuth; `secret` is an access token."""

    @property
    def host(self) -> str:
        """Return the host that is read, as its user is shown it."""
        ...


class OpenedChannel(msgspec.Struct, frozen=True):
    """What a provider answers that is to say when something changes: what it is stopped by, and when it ends."""

    resource: str
    ends_at: float | None


@runtime_checkable
class WatchedConnector(OAuthConnector, Protocol):
    """A provider that sends messages by channels, one a connection, each for some days."""

    @property
    def sends_to(self) -> str | None:
        """Return the address of ours that it sends to; None where this server has none that it could reach."""
        ...

    def watch(self, secret: bytes, name: str, token: str, lasts_s: float) -> OpenedChannel:
        """Open a channel of that name, whose messages carry the token; raise PullFailed, AccessRejected."""
        ...

    def stop(self, secret: bytes, name: str, resource: str) -> None:
        """End a channel, which may be repeated; raise PullFailed, AccessRejected."""
        ...
