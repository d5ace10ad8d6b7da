"""The definition of a judge of the catalog as an experiment pins it: its entry with the prompt, and its model."""

from functools import cached_property
from typing import Any

import msgspec

from core.benchmark.model import Model
from core.canonical import content_hash
from core.judging.judge_entry import JudgeEntry

TRANSPORT = ("endpoint", "price_in", "price_out", "local", "parameters_b", "tape", "threads", "family")
"""Fields of a model that change no answer; how it is reached and what it costs is read from today's catalog."""
BY_COMMAND = Model(name="the command", provider="command")
"""What stands in place of a model in the definition of a command; no model of the catalog can have its name."""


class JudgeDefinition(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """What a judge of the catalog was when it first judged here; it goes on with that, whatever the catalog says."""

    entry: JudgeEntry
    model: Model

    @cached_property
    def hash(self) -> str:
        """Return the content hash of what shapes an answer: the entry, whatever it is called, and its model."""
        unnamed = msgspec.structs.replace(self.entry, name="", catches={})
        return content_hash([unnamed, self.model.generation_hash])


def differences(pinned: JudgeDefinition, other: JudgeDefinition) -> list[str]:
    """Return what differs between two definitions: fields of the entry, and of the model those that change answers."""
    found = _differing(pinned.entry, other.entry)
    if pinned.model.generation_hash == other.model.generation_hash or "model" in found:
        return found
    fields = [name for name in _differing(pinned.model, other.model) if name not in TRANSPORT]
    return [*found, *(f"model.{name}" for name in fields)]


def _differing(one: Any, other: Any) -> list[str]:
    return [name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name)]
