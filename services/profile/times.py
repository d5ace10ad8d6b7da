"""Times as they are told, and the zones there are."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones

NO_PLACES = {"Factory", "localtime", "posixrules"}
"""Names of the database's own use: they say nothing of where anybody is."""


def iso(moment: float) -> str:
    """Unix seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


@cache
def zones() -> frozenset[str]:
    """Every IANA zone that this machine can reckon in."""
    return frozenset(available_timezones() - NO_PLACES)
