"""Renders a prompt for a scenario, for a chat or a completion model, in a sandbox."""

from functools import lru_cache
from typing import Any, Literal, NamedTuple

from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.scenario import Scenario

VARIABLES = ("scenario", "situation", "area", "locale", "context", "must_not", "examples")
LONGEST = 32_000
CUE = "Tip:"

_SANDBOX = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)


class RenderError(ValueError):
    """A prompt that cannot be rendered for a scenario; the message names both and what is missing."""


class Rendered(NamedTuple):
    """`messages` for a chat model or `text` for a completion model, the other None, and where the answer stops."""

    messages: tuple[PromptMessage, ...] | None
    text: str | None
    stop: tuple[str, ...]


def render(prompt: Prompt, scenario: Scenario, api: Literal["chat", "completion"]) -> Rendered:
    """Return the request for one scenario; raise RenderError if a template fails or gives over LONGEST characters.

    docs/prompt-format.md says how a chat prompt is put to a completion model and the reverse.
    """
    values = variables(prompt, scenario)
    messages = tuple(
        PromptMessage(message.role, _fill(message.content, values, f"prompt {prompt.ref}, scenario {scenario.id}"))
        for message in prompt.messages
    )
    if api == "chat":
        return Rendered(messages, None, prompt.stop)
    if prompt.mode == "completion":
        return Rendered(None, messages[0].content, prompt.stop)
    return Rendered(None, "\n\n".join([*(message.content for message in messages), CUE]), (*prompt.stop, "\n"))


def variables(prompt: Prompt, scenario: Scenario) -> dict[str, Any]:
    """Return the variables a template may use, by name; the keys of the scenario's own data stand under `scenario`."""
    data = scenario.data
    return {
        "scenario": data,
        "situation": situation(scenario),
        "area": scenario.area or "",
        "locale": scenario.locale or "",
        "context": context(data),
        "must_not": data.get("must_not", []),
        "examples": prompt.examples,
    }


def situation(scenario: Scenario) -> str:
    """Return the scenario in prose: its `situation`, else its `text`, else its string fields as `key: value` lines."""
    for key in ("situation", "text"):
        value = scenario.data.get(key)
        if isinstance(value, str) and value:
            return value
    return "\n".join(f"{key}: {value}" for key, value in scenario.data.items() if isinstance(value, str))


def context(data: dict[str, Any]) -> str:
    """Return a scenario's structured context as lines for people to read; empty if nothing is known."""
    lines = []
    if "local_time" in data:
        lines.append(f"Time: {data.get('weekday', '')} {str(data['local_time']).replace('T', ' ')}".replace("  ", " "))
    weather = data.get("weather")
    if isinstance(weather, dict):
        lines.append(f"Weather: {weather.get('summary', '')}, {weather.get('temperature_c', '?')} °C")
    for key, title in (
        ("calendar", "Calendar"),
        ("open_tasks", "Open tasks"),
        ("recent_reactions", "Recent reactions"),
    ):
        entries = data.get(key)
        if isinstance(entries, list) and entries:
            lines.append(f"{title}: {'; '.join(_entry(entry) for entry in entries)}")
    forbidden = data.get("must_not")
    if isinstance(forbidden, list) and forbidden:
        lines.append(f"Must not be told: {'; '.join(map(str, forbidden))}")
    return "\n".join(lines)


def template_problem(source: str) -> str | None:
    """Return what is wrong with a template, or None if it parses and uses no variables but VARIABLES."""
    try:
        unknown = meta.find_undeclared_variables(_SANDBOX.parse(source)) - set(VARIABLES)
    except TemplateError as error:
        return str(error)
    if unknown:
        return f"unknown variable {', '.join(sorted(unknown))}: use {', '.join(VARIABLES)}"
    return None


def _entry(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    if "reaction" in entry:
        return f"{entry.get('tip', '')!r} was {entry['reaction']}"
    return f"{entry.get('start', '')} {entry.get('title', '')}".strip()


def _fill(source: str, values: dict[str, Any], where: str) -> str:
    try:
        text = _compiled(source).render(values)
    except (TemplateError, TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise RenderError(f"{where}: {error}; see docs/prompt-format.md for what a template may use") from error
    if len(text) > LONGEST:
        raise RenderError(f"{where}: {len(text)} characters rendered, over {LONGEST}: shorten the template")
    return text.strip("\n")


@lru_cache(maxsize=512)
def _compiled(source: str) -> Template:
    return _SANDBOX.from_string(source)
