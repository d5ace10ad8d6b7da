"""The IANA time zones of this machine."""

from functools import cache
from zoneinfo import available_timezones

NO_PLACES = {"Factory", "localtime", "posixrules"}
"""Names of the database's own use: they say nothing of where anybody is."""


@cache
def zones() -> frozenset[str]:
    """Return the name of every IANA time zone that this machine knows."""
    return frozenset(available_timezones() - NO_PLACES)
