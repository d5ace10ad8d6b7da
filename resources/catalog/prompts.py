"""Reads prompt files: TOML front matter between +++ lines, then sections by role or the text to complete."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from core.benchmark.names import ENTRY
from core.benchmark.prompt import Prompt
from core.benchmark.render import template_problem
from kit.validation import in_words, outermost
from resources.catalog.problems import CatalogProblems, line_of_key

_PARTS = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)
_ROLE = re.compile(r"^## (system|user|assistant)\s*$", re.MULTILINE)


def read_prompt(path: Path, text: str, problems: CatalogProblems) -> Iterator[tuple[int | None, Prompt]]:
    """Yield the prompt of a file and its line, unless `problems` got one; docs/prompt-format.md has the format."""
    parts = _PARTS.match(text)
    if parts is None:
        problems.add(path, 1, "no front matter: start with a +++ line, TOML, and another +++ line")
        return
    front, body = parts.groups()
    try:
        fields: dict[str, Any] = tomllib.loads(front)
        messages = _messages(body, fields.get("mode"))
        prompt = msgspec.convert({**fields, "messages": messages}, Prompt)
    except tomllib.TOMLDecodeError as error:
        problems.add(path, None, f"front matter is not TOML: {error}")
        return
    except msgspec.ValidationError as error:
        problems.add(path, line_of_key(text, outermost(error)), f"front matter: {in_words(error, Prompt)}")
        return
    faults = list(_faults(prompt))
    for fault in faults:
        problems.add(path, None, fault)
    if not faults:
        yield line_of_key(text, "name"), prompt


def _messages(body: str, mode: Any) -> list[dict[str, str]]:
    if mode == "completion":
        return [{"role": "user", "content": body.strip("\n")}]
    pieces = _ROLE.split(body)
    return [
        {"role": role, "content": content.strip("\n")} for role, content in zip(pieces[1::2], pieces[2::2], strict=True)
    ]


def _faults(prompt: Prompt) -> Iterator[str]:
    if not ENTRY.fullmatch(prompt.name) or not ENTRY.fullmatch(prompt.version):
        yield "field 'name' or 'version' is not made of letters, digits and . _ -"
    if not 1 <= prompt.max_tokens <= 4096:
        yield f"field 'max_tokens' is {prompt.max_tokens}: use 1 to 4096"
    roles = [message.role for message in prompt.messages]
    if not roles or roles[-1] != "user" or "system" in roles[1:]:
        yield "sections: write '## system' first if at all, and end with '## user'"
    for message in prompt.messages:
        problem = template_problem(message.content)
        if problem:
            yield f"section {message.role}: {problem}"
