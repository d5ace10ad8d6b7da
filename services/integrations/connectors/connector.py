"""What every connector does, whatever its provider: check what a user gives, pull items, end what was granted."""

from typing import Protocol

import msgspec

from contracts.integrations.connections import ConnectionProvider, NewConnection
from contracts.refusals import Refusal
from services.integrations.calendars.calendar_items import CalendarRead, SyncWindow

Cursor = dict[str, str]
"""Where the last pull ended, in the provider's own words; empty before the first."""


class ProviderFailed(Refusal):
    """The provider gave no usable answer when a connection was to be made."""

    code = "PROVIDER_AWAY"


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


class Grant(msgspec.Struct, frozen=True):
    """What a connection is made of: the secret for the vault, and the host that its user is shown."""

    secret: bytes
    host: str


class Pulled(msgspec.Struct, frozen=True):
    """All items of the window, so that those which are missing were deleted; None where nothing changed."""

    read: CalendarRead | None
    cursor: Cursor


class Connector(Protocol):
    """One provider; calls block for a bounded time, end with Cancelled when the process does, and log no secret."""

    @property
    def provider(self) -> ConnectionProvider:
        """Return what it connects to."""
        ...

    def authorize(self, new: NewConnection) -> Grant:
        """Return the grant of what a user gave; raise a refusal of what cannot be one. Nothing is sent."""
        ...

    def pull(self, secret: bytes, cursor: Cursor, window: SyncWindow) -> Pulled:
        """Return what is in the window, by the cursor of the last pull of the same window; raise PullFailed."""
        ...

    def revoke(self, secret: bytes) -> None:
        """End at the provider what was granted, where it has a way to; raise PullFailed where that did not work."""
        ...
