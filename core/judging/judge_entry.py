"""A judge of the catalog: a model with a prompt, or a command; what it is asked with, and what its prompt may hold."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from core.benchmark.names import JUDGE
from core.judging.programs import PROGRAMS, UNUSABLE

RESERVED = ("agent",)
"""Names that a judge of the catalog cannot have, beside those of programs: `run` gives them to others."""
VARIABLES = ("situation", "context", "must_not", "rubric", "tip")
MOST_ASKS = 9
MOST_TOKENS = 100_000
HOTTEST = 2.0
_VARIABLE = re.compile(r"\{([A-Za-z_]\w*)\}")
_ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Catch = Literal["padding", "situation", "language"]


class JudgeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A judge's definition; `prompt` is the text of its file, of a command it is empty.

    `asks` answers are taken of every item. `catches` names the criterion that a planted item of each sort must show in.
    """

    name: str
    kind: Literal["model", "agent", "program"]
    model: str | None = None
    command: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    prompt: str = ""
    asks: int = 1
    criteria: Literal["together", "single"] = "together"
    max_tokens: int = 400
    temperature: float = 0.0
    catches: dict[Catch, str] = {}


class EntryFault(msgspec.Struct, frozen=True):
    """What is wrong with an entry, and the field of its file, empty for the prompt and for the entry as a whole."""

    field: str
    message: str


def entry_faults(entry: JudgeEntry) -> Iterator[EntryFault]:
    """Yield what makes an entry no judge, whatever models and rubrics there are."""
    if not JUDGE.fullmatch(entry.name):
        yield EntryFault(
            "", "a judge is called by 1 to 63 letters, digits, '.', '_' and '-': give the file another name"
        )
    if entry.name.casefold() in {each.casefold() for each in (*RESERVED, *PROGRAMS, *UNUSABLE)}:
        yield EntryFault("", f"{entry.name} is what another judge is called: give the file another name")
    if (entry.model is None) == (not entry.command):
        yield EntryFault("", "give either model or command, not both and not neither")
    if entry.model is not None and entry.kind != "model":
        yield EntryFault("kind", f"field 'kind' is {entry.kind}: a model is of kind model")
    if entry.command:
        yield from _command_faults(entry)
    elif entry.model is not None:
        yield from _prompt_faults(entry)
    if not 1 <= entry.asks <= MOST_ASKS:
        yield EntryFault("asks", f"field 'asks' is {entry.asks}: use 1 to {MOST_ASKS}")
    if not 1 <= entry.max_tokens <= MOST_TOKENS:
        yield EntryFault("max_tokens", f"field 'max_tokens' is {entry.max_tokens}: use 1 to {MOST_TOKENS}")
    if not 0 <= entry.temperature <= HOTTEST:
        yield EntryFault("temperature", f"field 'temperature' is {entry.temperature:g}: use 0 to {HOTTEST:g}")


def _command_faults(entry: JudgeEntry) -> Iterator[EntryFault]:
    if not all(part and "\0" not in part for part in entry.command):
        yield EntryFault("command", "field 'command' holds an empty text: write the program and each argument as one")
    for name in entry.env:
        if not _ENVIRONMENT.fullmatch(name):
            yield EntryFault("env", f"field 'env' holds {name[:40]!r}: name variables, their values come from outside")
    if entry.prompt:
        yield EntryFault("", "a command is given the item itself: take the prompt's file out")


def _prompt_faults(entry: JudgeEntry) -> Iterator[EntryFault]:
    if entry.env:
        yield EntryFault("env", "field 'env' is for commands: a model's key is named by its endpoint")
    if not entry.prompt.strip():
        yield EntryFault("", "no prompt: write it into a file of the entry's name with the ending .md")
        return
    found = _VARIABLE.findall(entry.prompt)
    for name in dict.fromkeys(found):
        if name not in VARIABLES:
            known = ", ".join(f"{{{each}}}" for each in VARIABLES)
            yield EntryFault("", f"the prompt holds {{{name}}}, which is nothing: use {known}")
    if "tip" not in found:
        yield EntryFault("", "the prompt has no {tip}: it would judge nothing")
