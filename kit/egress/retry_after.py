"""Reads how long a peer wants to be waited for (RFC 9110, Retry-After)."""

from email.utils import parsedate_to_datetime

LONGEST_WAIT_S = 24 * 3600.0
"""What a peer may ask to be waited for; a later time counts as this one."""


def retry_after_s(value: str | None, now: float) -> float | None:
    """Return how long a Retry-After header wants to be waited for, at most a day; None for none and for no time."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(value)
        return min(max(0.0, at.timestamp() - now), LONGEST_WAIT_S)
    except (ValueError, OverflowError):
        return None
