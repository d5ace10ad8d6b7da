"""What connected calendars say of a user's time, for modules that time what they show."""

from collections.abc import Callable
from typing import Protocol
from zoneinfo import ZoneInfo

from contracts.modules.database import Transaction


class CalendarTime(Protocol):
    """The time that a user's calendars leave free; nothing else of what they hold."""

    def free_hour(self, transaction: Transaction, user: str, zone: Callable[[], ZoneInfo], now: float) -> float | None:
        """Return when the user's next free hour begins, in Unix seconds, by day in that zone and within a day of now.

        None where there is none, or no calendar that was read lately; without one `zone` is not called, for it may cost
        a read. Raise Erased for an erased user.
        """
        ...
