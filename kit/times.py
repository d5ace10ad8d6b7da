"""Times as text: ISO 8601 in UTC, as they are stored, logged and answered, and back to Unix seconds."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal


def utc_now() -> str:
    """Return the time now as ISO 8601 in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def iso(moment: float | datetime, precision: Literal["auto", "milliseconds", "microseconds"] = "microseconds") -> str:
    """Return Unix seconds, or a datetime that knows its zone, as ISO 8601 in UTC.

    With the precision "auto" the fraction is left out where it is zero.
    """
    at = moment.astimezone(UTC) if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)
    return at.isoformat(timespec=precision)


def iso_if_known(
    moment: float | None, precision: Literal["auto", "milliseconds", "microseconds"] = "microseconds"
) -> str | None:
    """Return what `iso` does of Unix seconds, None for a time that is not known."""
    return None if moment is None else iso(moment, precision)


def unix_seconds(text: str) -> float:
    """Return the Unix seconds of an ISO 8601 time; raise ValueError for other text, and for one without offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset from UTC: end it with Z, or with one such as +02:00")
    return moment.timestamp()


def milliseconds(moment: float) -> int:
    """Return Unix seconds as whole milliseconds, the nearest; whatever compares or counts times rounds them here."""
    return round(moment * 1_000)


def iso_of_milliseconds(moment: int | None) -> str | None:
    """Return whole milliseconds since 1970 as ISO 8601 in UTC, None for a time that is not known."""
    return None if moment is None else iso(moment / 1_000)


def day_of(moment: float) -> str:
    """Return the day in UTC of a time in Unix seconds, `YYYY-MM-DD`."""
    return iso(moment)[: len("2026-11-30")]


def start_of(day: str) -> float:
    """Return the Unix seconds at which a day, `YYYY-MM-DD`, begins in UTC; raise ValueError for other text."""
    with suppress(ValueError):
        start = unix_seconds(f"{day}T00:00:00+00:00")
        if day_of(start) == day:
            return start
    raise ValueError(f"{day!r:.40} is no day: write YYYY-MM-DD")
