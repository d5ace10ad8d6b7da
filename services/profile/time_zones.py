"""The time zones that there are."""

from functools import cache
from zoneinfo import available_timezones

NO_PLACES = {"Factory", "localtime", "posixrules"}
"""Names of the database's own use: they say nothing of where anybody is."""


@cache
def zones() -> frozenset[str]:
    """Return every IANA zone that this machine can reckon in."""
    return frozenset(available_timezones() - NO_PLACES)
