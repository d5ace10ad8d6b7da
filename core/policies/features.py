"""The coarse features of a request that policies and estimates may look at, and nothing finer."""

from dataclasses import dataclass

HOUR_BANDS = ("night", "morning", "afternoon", "evening")
"""Six hours each, from midnight on."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Features:
    """What is known of a request in words of few values each; None is not known."""

    area: str | None = None
    hour_band: str | None = None
    weekday: str | None = None
    surface: str | None = None
    locale: str | None = None


def hour_band(hour: int) -> str:
    """Return the band of an hour of the user's local time, 0 to 23."""
    return HOUR_BANDS[hour // 6]
