"""What the fields of a scenario may hold: `id` and `situation` are required, every other one is context."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Annotated, Any

import msgspec

from core.benchmark.names import ENTRY
from core.canonical import canonical

LONGEST_TEXT = 4000
LONGEST_NAME = 100
LARGEST = 64 * 1024
"""The most bytes that a scenario may have as JSON."""
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_AREA = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class Weather(msgspec.Struct):
    """The weather at the person's place."""

    summary: Text
    temperature_c: float | None = None


class Appointment(msgspec.Struct):
    """An entry of the calendar."""

    title: Text
    start: str = ""


class Reaction(msgspec.Struct):
    """How the person took an earlier tip."""

    tip: Text
    reaction: Text


FORMS: dict[str, tuple[Any, str]] = {
    "weather": (Weather | Text, 'a text or {"summary": "light rain", "temperature_c": 8}'),
    "calendar": (list[Appointment | Text], 'a list of texts or of {"start": "12:00", "title": "Lunch"}'),
    "open_tasks": (list[Text], "a list of texts"),
    "recent_reactions": (list[Reaction | Text], 'a list of texts or of {"tip": "Walk home", "reaction": "helpful"}'),
    "must_not": (list[Text], "a list of texts"),
}
LISTS = ("calendar", "open_tasks", "recent_reactions", "must_not")
KNOWN = ("id", "area", "locale", "situation", "local_time", "weekday", *FORMS, "profile")


def faults_of(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield everything that is wrong with a scenario, each with its field; `data` has no field without a value."""
    yield from _required(data)
    for name, pattern, like in (
        ("area", _AREA, "one word in lower case, like work"),
        ("locale", _LOCALE, "like en or en-GB"),
    ):
        value = data.get(name)
        if value is not None and not (isinstance(value, str) and pattern.fullmatch(value)):
            yield f"field {name!r}: {shown(value)} is not {like}"
    yield from _time_faults(data)
    for name, (form, wanted) in FORMS.items():
        if name in data and not _is_of(data[name], form):
            yield f"field {name!r}: {shown(data[name])} is not {wanted}; a text has 1 to {LONGEST_TEXT} characters"
    for name in data:
        if not name.strip() or len(name) > LONGEST_NAME:
            yield f"field {name[:40]!r}: a name has 1 to {LONGEST_NAME} characters"
    yield from _size_faults(data)


def shown(value: Any) -> str:
    """Return a value as a message shows it, at most 40 characters of it."""
    said = value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()
    said = said if len(said) <= 40 else f"{said[:40]}…"
    return repr(said) if isinstance(value, str) else said


def _required(data: Mapping[str, Any]) -> Iterator[str]:
    if "id" not in data:
        yield "field 'id' is missing: a scenario has id and situation"
    elif not isinstance(data["id"], str) or not ENTRY.fullmatch(data["id"]):
        yield f"field 'id': {shown(data['id'])} is not made of letters, digits and . _ -, at most 100"
    situation = data.get("situation")
    if situation is None:
        yield "field 'situation' is missing: the person's own words"
    elif not isinstance(situation, str) or not situation.strip():
        yield f"field 'situation': {shown(situation)} is not a text"
    elif len(situation) > LONGEST_TEXT:
        yield f"field 'situation' has {len(situation)} characters, over {LONGEST_TEXT}"


def _time_faults(data: Mapping[str, Any]) -> Iterator[str]:
    at, weekday = data.get("local_time"), data.get("weekday")
    moment = _moment(at) if isinstance(at, str) else None
    if at is not None and moment is None:
        yield f"field 'local_time': {shown(at)} is not like 2026-03-05T21:40 or 21:40"
    if weekday is not None and weekday not in DAYS:
        yield f"field 'weekday': {shown(weekday)} is not one of {', '.join(DAYS)}"
    elif weekday is not None and isinstance(moment, datetime) and DAYS[moment.weekday()] != weekday:
        yield f"field 'weekday': {at} is a {DAYS[moment.weekday()]}, not {weekday!r}"


def _moment(text: str) -> datetime | time | None:
    for kind in (datetime, time):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    return None


def _is_of(value: Any, form: Any) -> bool:
    try:
        msgspec.convert(value, form)
    except msgspec.ValidationError:
        return False
    return True


def _size_faults(data: Mapping[str, Any]) -> Iterator[str]:
    try:
        size = len(canonical(data))
        large = _holds_large_number(data)
    except RecursionError:
        yield "lists and objects are nested too deep"
        return
    if large:
        yield "a number has more than 64 bits: write it as a text"
    if size > LARGEST:
        yield f"a scenario has at most {LARGEST >> 10} KB, this one {size >> 10}"


def _holds_large_number(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_large_number, value.values()))
    if isinstance(value, list):
        return any(map(_holds_large_number, value))
    return isinstance(value, int) and not -(2**63) <= value < 2**64
