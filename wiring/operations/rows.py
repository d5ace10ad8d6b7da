"""Makes records flat: a column for each value, under one name wherever a listing is shown."""

from collections.abc import Iterator
from typing import Any


def flat(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the columns of a row: `outer.inner` for a value in a table of fields, a list as texts between spaces."""
    for key, value in row.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            yield prefix + key, " ".join(map(str, value))
        else:
            yield prefix + key, value
