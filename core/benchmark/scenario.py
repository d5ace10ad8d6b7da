"""A scenario: a person in a situation, with what a tip app knows about it."""

from typing import Any

import msgspec

from core.canonical import content_hash


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
