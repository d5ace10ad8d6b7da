"""Reads scenario files: one JSON object a line, validated field by field."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from core.benchmark.scenario import Scenario
from resources.catalog.problems import CatalogProblems

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


class Weather(msgspec.Struct, forbid_unknown_fields=True):
    """The weather at the person's place."""

    summary: Text
    temperature_c: float


class Appointment(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of the calendar."""

    start: Text
    title: Text


class Reaction(msgspec.Struct, forbid_unknown_fields=True):
    """How the person took an earlier tip."""

    tip: Text
    reaction: Literal["helpful", "dismissed", "snoozed", "not_for_me"]


class ScenarioLine(msgspec.Struct, forbid_unknown_fields=True):
    """One line of a scenario file; docs/catalog.md explains the fields."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
    area: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    locale: str
    situation: Text
    local_time: str
    weekday: str
    weather: Weather
    calendar: list[Appointment]
    open_tasks: list[Text]
    recent_reactions: list[Reaction]
    must_not: list[Text]
    profile: dict[str, Any] = {}


def read_scenarios(path: Path, text: str, problems: CatalogProblems) -> Iterator[tuple[int | None, Scenario]]:
    """Yield every usable scenario with its line; what is wrong with the others is added to `problems`."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = msgspec.json.decode(line.encode(), type=dict[str, Any])
            parsed = msgspec.convert(data, ScenarioLine)
        except msgspec.DecodeError as error:
            problems.add(path, number, str(error))
            continue
        faults = list(_faults(parsed))
        for fault in faults:
            problems.add(path, number, fault)
        if not faults:
            yield number, Scenario(parsed.id, parsed.area, parsed.locale, data)


def _faults(line: ScenarioLine) -> Iterator[str]:
    if not _LOCALE.fullmatch(line.locale):
        yield f"field 'locale': {line.locale!r} is not like en or en-GB"
    try:
        moment = datetime.fromisoformat(line.local_time)
    except ValueError:
        yield f"field 'local_time': {line.local_time!r} is not like 2026-03-05T21:40"
        return
    if DAYS[moment.weekday()] != line.weekday:
        yield f"field 'weekday': {line.local_time} is a {DAYS[moment.weekday()]}, not {line.weekday!r}"
