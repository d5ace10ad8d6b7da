"""The coarse features of a request that policies and estimates may look at, and nothing finer."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

HOUR_BANDS = ("night", "morning", "afternoon", "evening")
"""Six hours each, from midnight on."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Columns = tuple[tuple[str, tuple[str, ...]], ...]
"""The values of each feature that a model has a column for, by feature."""


@dataclass(frozen=True)
class Features:
    """What is known of a request in words of few values each; None is not known."""

    area: str | None = None
    hour_band: str | None = None
    weekday: str | None = None
    surface: str | None = None
    locale: str | None = None


FEATURES = tuple(field.name for field in fields(Features))


def features_in(record: Any) -> Features:
    """Return the features that a record, such as the row of a decision, has under their names."""
    return Features(**{name: getattr(record, name) for name in FEATURES})


def hour_band(hour: int) -> str:
    """Return the band of an hour of the user's local time, 0 to 23."""
    return HOUR_BANDS[hour // 6]


def width_of(columns: Columns) -> int:
    """Return how many columns the model has: one of ones, and one for each value."""
    return 1 + sum(len(values) for _, values in columns)


def ones_of(columns: Columns, features: Features) -> tuple[int, ...]:
    """Return in ascending order the columns in which the features have a 1: the first, and those of their values."""
    return (0, *_values(columns, features))


def _values(columns: Columns, features: Features) -> Iterable[int]:
    start = 1
    for name, values in columns:
        value = getattr(features, name)
        if value in values:
            yield start + values.index(value)
        start += len(values)
