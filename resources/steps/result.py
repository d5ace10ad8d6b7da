"""The result of a step for people to read, in a form that needs no Dagster."""

from typing import Any

import msgspec

from core.canonical import content_hash
from core.scoring.checks import CheckResult


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


class Written(msgspec.Struct, frozen=True):
    """A dataset that a step wrote, or left as it is: its key below the home, `/` between parts, and its version."""

    key: str
    version: str


class Checked(msgspec.Struct, frozen=True):
    """A check's result with the asset it is about; a blocking one that fails ends the chain."""

    asset: str
    blocking: bool
    result: CheckResult


class StepResult(msgspec.Struct, frozen=True):
    """The result of one asset's step, or of a shard of it.

    `metadata` says what the asset holds now, `done` what this very step did, both for people, shown with the asset by
    name; `counts` are the numbers among them. `left` says what has no outcome yet, None where all has; `stopped` names
    the models whose configuration is wrong, None where it is not that; `refused` says which judges their trial stops,
    and how to go on. `inputs` is a hash of all that the asset was made from, empty where no step tells; `is_unchanged`
    says that this was so before. `checks` are those of the chain.
    """

    asset: str
    metadata: dict[str, Value]
    done: dict[str, Value] = {}
    wrote: tuple[Written, ...] = ()
    counts: dict[str, int | float] = {}
    left: str | None = None
    stopped: tuple[str, ...] | None = None
    refused: str | None = None
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    inputs: str = ""
    is_unchanged: bool = False
    checks: tuple[Checked, ...] = ()

    @property
    def state_hash(self) -> str:
        """Return a hash that is equal for steps after which their asset holds the same."""
        return content_hash([self.asset, self.metadata])
