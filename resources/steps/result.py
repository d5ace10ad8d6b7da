"""The result of a step for people to read, in a form that needs no Dagster."""

from typing import Any

import msgspec

from core.canonical import content_hash


class Markdown(msgspec.Struct, frozen=True, tag="markdown"):
    """A Markdown text to be rendered."""

    text: str


class FilePath(msgspec.Struct, frozen=True, tag="path"):
    """A file or folder on this machine."""

    path: str


class Link(msgspec.Struct, frozen=True, tag="link"):
    """An address to follow."""

    url: str


class Json(msgspec.Struct, frozen=True, tag="json"):
    """A plain value with parts."""

    value: Any


Value = str | int | float | bool | Markdown | FilePath | Link | Json


class StepResult(msgspec.Struct, frozen=True):
    """The result of one asset's step, shown with the asset by name.

    `metadata` says what the asset holds now, `done` what this very step did.
    """

    asset: str
    metadata: dict[str, Value]
    done: dict[str, Value] = {}

    @property
    def state_hash(self) -> str:
        """Return a hash that is equal for steps after which their asset holds the same."""
        return content_hash([self.asset, self.metadata])
