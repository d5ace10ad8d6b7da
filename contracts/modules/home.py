"""The app's first screen: what each module adds to it."""

from typing import Any, Protocol

from contracts.access.caller import Caller


class HomeSection(Protocol):
    """One module's part of the app's first screen."""

    async def __call__(self, caller: Caller, budget_s: float, /) -> Any:
        """Return what the caller's screen shows, as JSON; `budget_s` seconds are left for the whole of it.

        Refusals are those of contracts.refusals. A section that is late is left out, and the answer says so.
        """
        ...
