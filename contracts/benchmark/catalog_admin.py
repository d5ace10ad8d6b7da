"""The catalog as admins see and extend it: entries with versions; a version never changes."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Literal, Protocol

import msgspec

from core.benchmark.prompt import PromptMessage


class EntryKind(StrEnum):
    """What admins can add versions of."""

    PROMPT = "prompt"
    SCENARIO = "scenario"
    RUBRIC = "rubric"


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
    """A prompt, scenario, rubric or judge; `origin` is its catalog layer, `content` its record as JSON.

    A scenario and a judge are always of version 1: another content has another name.
    """

    kind: str
    name: str
    version: str
    description: str
    hash: str
    origin: str
    content: dict[str, Any]


class EntryPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a text would be as an entry, before it is added.

    `state` is new, same for an entry that is in the catalog already, or taken where its name and version have other
    content there. Of a prompt `messages` are what a chat model would be sent for the scenario, or the one text that a
    completion model continues; `unrendered` says why it cannot be rendered for it.
    """

    entry: EntryView
    state: Literal["new", "same", "taken"]
    messages: Sequence[PromptMessage] = ()
    unrendered: str | None = None


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

    def judges(self) -> list[EntryView]:
        """Return judges that are models or commands, by name."""
        ...

    def texts(self, entries: Sequence[tuple[str, str, str]]) -> list[str | None]:
        """Return the text of the file of each entry, given by kind, name and version; None for one that is not there.

        Scenarios have none, since many stand in one file; of a judge it is the definition without the prompt.
        """
        ...

    def preview(self, kind: EntryKind, text: str, scenario: str | None) -> EntryPreview:
        """Return what a text would be as an entry of a kind, a prompt rendered for a scenario by id; write nothing.

        Without `scenario` a prompt is rendered for the catalog's first one. Raise InvalidInput with all that is wrong
        with the text, NotFound for an unknown scenario.
        """
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
