"""The loaded catalog: entries by name, and the errors for a wrong name."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.benchmark.scenario import Scenario
from core.expected_error import FieldError
from core.judging.judge_entry import JudgeEntry
from core.judging.rubric import Rubric

Versioned = TypeVar("Versioned", Prompt, Rubric)


class UnknownEntry(FieldError):
    """A name that is not in the catalog; the message says what is close and what there is."""

    def __init__(self, kind: str, name: str, known: Iterable[str], path: tuple[str, ...]) -> None:
        names = sorted(known)
        close = difflib.get_close_matches(name, names, n=3)
        hint = f"did you mean {', '.join(close)}?" if close else f"there are {', '.join(names[:30]) or 'none'}"
        super().__init__(f"{kind} {name!r} is not in the catalog: {hint}", path)


class DuplicateEntry(FieldError):
    """An entry named twice for one experiment."""


@dataclass(frozen=True)
class Catalog:
    """Models and judges by name, prompts and rubrics by `name@version`, scenarios in order of id."""

    models: Mapping[str, Model]
    prompts: Mapping[str, Prompt]
    rubrics: Mapping[str, Rubric]
    scenarios: tuple[Scenario, ...]
    judges: Mapping[str, JudgeEntry] = field(default_factory=dict)

    def prompt(self, name: str) -> Prompt:
        """Return the prompt `name@version`, or the newest version of `name`; raise UnknownEntry."""
        return _versioned("prompt", name, self.prompts, ("prompts",))

    def rubric(self, name: str) -> Rubric:
        """Return the rubric `name@version`, or the newest version of `name`; raise UnknownEntry."""
        return _versioned("rubric", name, self.rubrics, ("rubric",))

    def pick_models(self, names: Sequence[str]) -> tuple[Model, ...]:
        """Return models in the order of `names`; raise UnknownEntry or DuplicateEntry."""
        for name in names:
            if name not in self.models:
                raise UnknownEntry("model", name, self.models, ("models",))
        _refuse_repeats("model", names, ("models",))
        return tuple(self.models[name] for name in names)

    def pick_prompts(self, names: Sequence[str]) -> tuple[Prompt, ...]:
        """Return prompts in the order of `names`; two versions of one prompt are called `name@version`.

        Raise UnknownEntry or DuplicateEntry.
        """
        found = [self.prompt(name) for name in names]
        _refuse_repeats("prompt", [prompt.ref for prompt in found], ("prompts",))
        plain = [prompt.name for prompt in found]
        return tuple(
            msgspec.structs.replace(prompt, name=prompt.ref) if plain.count(prompt.name) > 1 else prompt
            for prompt in found
        )

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Return models, prompts, rubrics, scenarios or judges, as `kind` says, as plain values."""
        named: dict[str, Mapping[str, msgspec.Struct]] = {
            "models": self.models,
            "prompts": self.prompts,
            "rubrics": self.rubrics,
            "judges": self.judges,
        }
        entries: Iterable[msgspec.Struct] = self.scenarios if kind == "scenarios" else named[kind].values()
        return [msgspec.to_builtins(entry) for entry in entries]


def _versioned(kind: str, name: str, entries: Mapping[str, Versioned], path: tuple[str, ...]) -> Versioned:
    if name in entries:
        return entries[name]
    versions = [entry for entry in entries.values() if entry.name == name]
    if not versions:
        raise UnknownEntry(kind, name, {entry.name for entry in entries.values()}, path)
    return max(versions, key=lambda entry: natural(entry.version))


def natural(version: str) -> list[tuple[int, int, str]]:
    """Return a sort key under which version 10 comes after 9."""
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.split(r"(\d+)", version) if part]


def _refuse_repeats(kind: str, names: Sequence[str], path: tuple[str, ...]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DuplicateEntry(f"{kind} {', '.join(twice)} is named twice: name each once", path)
