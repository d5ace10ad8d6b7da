"""What every connector does, whatever its provider: check what a user gives, and pull items."""

from typing import Literal, Protocol

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
    The provider wants not to be asked again for `wait_s`.
    """

    read: CalendarRead | None
    cursor: Cursor
    removed: frozenset[str] | None = None
    wait_s: float = 0.0


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
