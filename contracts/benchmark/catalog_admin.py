"""The catalog as admins see and extend it: entries with versions; a version never changes."""

from typing import Any, Protocol

import msgspec


class ModelView(msgspec.Struct, frozen=True, kw_only=True):
    """A model of the catalog; prices in USD per million tokens; `ready` is False while its key is missing."""

    name: str
    provider: str
    version: str
    local: bool
    parameters_b: float | None
    price_in: float | None
    price_out: float | None
    endpoint: str | None
    key_env: str | None
    ready: bool


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt, scenario or rubric version; `origin` is its catalog layer, `content` its record as JSON."""

    name: str
    version: str
    description: str
    hash: str
    origin: str
    content: dict[str, Any]


class CatalogAdmin(Protocol):
    """Reads the layered catalog and adds versions to the home's layer.

    What adds an entry raises InvalidInput with the wrong field, or Conflict if that name and version exist with other
    content; the same content again changes nothing.
    """

    def models(self) -> list[ModelView]:
        """Return the catalog's models by name."""
        ...

    def prompts(self) -> list[EntryView]:
        """Return prompts by name and version."""
        ...

    def scenarios(self) -> list[EntryView]:
        """Return scenarios by id."""
        ...

    def rubrics(self) -> list[EntryView]:
        """Return rubrics by name and version."""
        ...

    def add_prompt(self, text: str) -> EntryView:
        """Add and return a prompt, given as a file in the form of docs/prompt-format.md."""
        ...

    def add_scenario(self, scenario: dict[str, Any]) -> EntryView:
        """Add and return a scenario, given as a line of a scenarios file."""
        ...

    def add_rubric(self, text: str) -> EntryView:
        """Add and return a rubric, given as a TOML file."""
        ...
