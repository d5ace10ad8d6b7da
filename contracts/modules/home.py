"""The app's first screen: what each module adds to it."""

from typing import Any, Protocol

from contracts.access.caller import Caller


class HomeSection(Protocol):
    """One module's part of the screen."""

    async def __call__(self, caller: Caller, budget_s: float, /) -> Any:
        """What the caller's screen shows, as JSON; `budget_s` seconds are left for the whole of it.

        Refusals are those of contracts.refusals. What is not there by then is left out, and said to be.
        """
        ...
