"""The context that comes with a request: bounded, understood as far as it is declared, and made coarse for policies."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from contracts.modules.profile import Locale, Preferences, Topic, ZoneName
from contracts.refusals import InvalidInput
from contracts.tips.catalog import TipCatalog
from contracts.tips.recommendations import DEEPEST_CONTEXT, LARGEST_CONTEXT, Surface, TipRequest
from core.plurals import listed
from core.policies.features import WEEKDAYS, Features, hour_band
from kit.times import unix_seconds
from kit.timing.zones import zones
from kit.validation import in_words, path_of

OLDEST_S, EARLIEST_S = 3_600.0, 300.0
"""How old a context may be, and how far its clock may be ahead of ours."""
SHOWN = 12


class UnderstoodContext(msgspec.Struct, frozen=True):
    """The fields of a context that mean something here; others are stored with them and not looked at."""

    area: Topic | None = None
    locale: Locale | None = None
    time_zone: ZoneName | None = None
    at: Annotated[str, msgspec.Meta(max_length=40)] | None = None


def understood(request: TipRequest, catalog: TipCatalog, now: float) -> UnderstoodContext:
    """Return the declared fields of a request's context.

    Raise InvalidInput naming the field for a context that is too large or deep, for a value that cannot be, for an area
    without tips, and for a context that was read over an hour ago or is of a time to come.
    """
    _check_size(request.context)
    try:
        context = msgspec.convert(request.context, UnderstoodContext)
    except msgspec.ValidationError as error:
        raise InvalidInput(in_words(error, UnderstoodContext), ("context", *path_of(error))) from None
    if context.area is not None and context.area not in catalog.areas:
        known = listed(sorted(catalog.areas), SHOWN)
        raise InvalidInput(f"there is no tip about {context.area}: use one of {known}, or none", ("context", "area"))
    if context.time_zone is not None and context.time_zone not in zones():
        raise InvalidInput(
            "there is no such time zone: write an IANA name such as Europe/Berlin", ("context", "time_zone")
        )
    if context.at is not None:
        _check_age(context.at, now)
    return context


def zone_for(context: UnderstoodContext, preferences: Preferences) -> ZoneInfo:
    """Return the zone of the context, else that of the user's preferences, else UTC."""
    name = context.time_zone or preferences.time_zone
    return ZoneInfo(name if name in zones() else "UTC")


def features_of(context: UnderstoodContext, surface: Surface, zone: ZoneInfo, now: float) -> Features:
    """Return all that policies and estimates may know of a request: words of few values each."""
    local = datetime.fromtimestamp(now, zone)
    return Features(
        area=context.area,
        hour_band=hour_band(local.hour),
        weekday=WEEKDAYS[local.weekday()],
        surface=surface.value,
        locale=None if context.locale is None else context.locale.partition("-")[0].lower(),
    )


def _check_size(context: dict[str, Any]) -> None:
    if _is_deeper(context, DEEPEST_CONTEXT):
        raise InvalidInput(f"the context is nested more than {DEEPEST_CONTEXT} deep: send less of it", ("context",))
    try:
        size = len(msgspec.json.encode(context))
    except UnicodeEncodeError:
        raise InvalidInput("a text of the context is no Unicode", ("context",)) from None
    if size > LARGEST_CONTEXT:
        raise InvalidInput(f"the context has {size} bytes: at most {LARGEST_CONTEXT}", ("context",))


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether values are nested more than so many levels deep; looks at no level below."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if inner is None:
        return False
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inner)


def _check_age(at: str, now: float) -> None:
    try:
        read = unix_seconds(at)
    except (ValueError, OverflowError):
        raise InvalidInput(
            "at is no time with its offset from UTC: write ISO 8601, such as 2026-11-30T08:00:00Z", ("context", "at")
        ) from None
    if not now - OLDEST_S <= read <= now + EARLIEST_S:
        raise InvalidInput(
            f"the context is of {at}, and it counts for an hour: read it anew, or leave `at` out", ("context", "at")
        )
