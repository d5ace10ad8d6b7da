"""Where a value is that msgspec refused: the one place that reads it out of msgspec's sentence."""

import re

import msgspec

_PLACE = re.compile(r"^(.*?)(?: - at `(?:key` in `)?\$(.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object (?:contains unknown|missing required) field `(.+)`$", re.DOTALL)


def path_of(error: msgspec.DecodeError) -> tuple[str, ...]:
    """Return the field that is to blame, with what it stands in as `outer.inner[0]`; empty for the whole value."""
    found = _PLACE.match(str(error))
    said, place = (found[1], found[2] or "") if found else ("", "")
    named = _UNKNOWN.match(said)
    field = ".".join(part for part in (place.removeprefix("."), named[1] if named else "") if part)
    return (field[:80],) if field else ()


def outermost(error: msgspec.DecodeError) -> str:
    """Return the field of the whole value in which the one to blame stands, or is; empty for the value itself."""
    return re.split(r"[.\[]", "".join(path_of(error)), maxsplit=1)[0]
