"""A scenario: a person in a situation, with what a tip app knows about it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.canonical import content_hash
from core.sanitize import visible


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scenario as an experiment pins it; `data` is what prompts render and judges see, any JSON object.

    `area` and `locale` feed the slices; None where adopted outputs did not give them.
    """

    id: str
    area: str | None
    locale: str | None
    data: dict[str, Any]

    @property
    def hash(self) -> str:
        """Return the content hash of id, area, locale and data."""
        return content_hash(self)

    @property
    def has_must_not(self) -> bool:
        """Return whether it says what the person must not be told."""
        return has_must_not(self.data)


def has_must_not(data: Mapping[str, Any]) -> bool:
    """Return whether a scenario's data says anything under must_not, in whatever form."""
    return _has_words(data.get("must_not"))


def _has_words(value: Any) -> bool:
    if isinstance(value, str):
        return bool(visible(value).strip())
    if isinstance(value, list | dict):
        return any(map(_has_words, value.values() if isinstance(value, dict) else value))
    return value is not None
