"""Renders a prompt for a scenario, for a chat or a completion model, in a sandbox."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from jinja2 import Environment, StrictUndefined, Template, TemplateError, Undefined, UndefinedError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.scenario import Scenario
from core.expected_error import FieldError

VARIABLES = ("scenario", "situation", "area", "locale", "context", "must_not", "examples")
LONGEST = 32_000
CUE = "Tip:"
GUARD = "give it, or write {% if … %} around it; docs/prompt-format.md says how"


class RenderError(FieldError):
    """A prompt that cannot be rendered for a scenario; the message names both and what is missing.

    `lacking` is the field of the scenario that the prompt names and the scenario lacks, None for other faults.
    """

    def __init__(self, message: str, lacking: str | None = None) -> None:
        super().__init__(message, ("prompts",))
        self.lacking = lacking


class _Lacking(StrictUndefined):
    """What is not there: false where a template asks, refused where it is written."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]  # an if around a field is how a template does without it
        return False

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or str(self._undefined_name)


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which a scenario's field wins over a method of the same name, such as `items`."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def _written(value: Any) -> Any:
    """Return a value as a prompt has it: a list parted by semicolons, an object as `key: value`, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(_entry(entry) for entry in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_written(entry)}" for key, entry in value.items())
    if callable(value) and not isinstance(value, Undefined):
        raise UndefinedError(str(getattr(value, "__name__", "a function")))
    return value


class _Named(meta.TrackingCodeGenerator):
    """Finds the names that a template uses, and computes nothing: Jinja would work out what is constant in it."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.optimizer = None

    def _output_child_to_const(self, node: nodes.Expr, frame: Any, finalize: Any) -> str:
        if isinstance(node, nodes.TemplateData):
            return super()._output_child_to_const(node, frame, finalize)
        raise nodes.Impossible


# How a value is written is no part of a generation's key, and pins have no number for it: they mean this way. Another
# way needs a number in the pin, whose absence means this one, or half-run experiments would ask in other words.
_SANDBOX = _Sandbox(undefined=_Lacking, autoescape=False, keep_trailing_newline=False, finalize=_written)


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
    where = f"prompt {prompt.ref}, scenario {scenario.id}"
    messages = tuple(PromptMessage(message.role, _fill(message.content, values, where)) for message in prompt.messages)
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
    if "local_time" in data or "weekday" in data:
        at = f"{data.get('weekday', '')} {str(data.get('local_time', '')).replace('T', ' ')}"
        lines.append(f"Time: {at.strip()}".replace("  ", " "))
    weather = data.get("weather")
    if isinstance(weather, dict):
        degrees = weather.get("temperature_c")
        lines.append(f"Weather: {weather.get('summary', '')}" + ("" if degrees is None else f", {degrees} °C"))
    elif isinstance(weather, str) and weather:
        lines.append(f"Weather: {weather}")
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
        found = _Named(_SANDBOX)
        found.visit(_SANDBOX.parse(source))
    except TemplateError as error:
        return str(error)
    except (RecursionError, ValueError) as error:  # too deep, or a number with too many digits
        return f"this cannot be read as a template: {str(error) or type(error).__name__}"
    unknown = found.undeclared_identifiers - set(VARIABLES)
    if unknown:
        fields = f"a scenario's own field is scenario.{min(unknown)}"
        return f"unknown variable {', '.join(sorted(unknown))}: use {', '.join(VARIABLES)}; {fields}"
    return None


def _entry(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(_written(entry))
    if not {"reaction", "title"} & entry.keys():
        return str(_written(entry))
    if "reaction" in entry:
        return f"{entry.get('tip', '')!r} was {entry['reaction']}"
    return f"{entry.get('start', '')} {entry.get('title', '')}".strip()


def _fill(source: str, values: dict[str, Any], where: str) -> str:
    try:
        text = _within_bounds(_compiled(source).generate(values), where)
    except UndefinedError as error:
        name = str(error)
        field = name if name in _fields(source) and name not in values["scenario"] else None
        said = f"scenario.{name}" if field else repr(name)
        raise RenderError(f"{where}: the prompt names {said}, which is not there; {GUARD}", field) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise RenderError(f"{where}: {error}; see docs/prompt-format.md for what a template may use") from error
    return text.strip("\n")


def _within_bounds(pieces: Iterator[str], where: str) -> str:
    """Return the text that the pieces make; raise RenderError at the one that makes it too long."""
    taken, total = list[str](), 0
    for piece in pieces:
        total += len(piece)
        if total > LONGEST:
            raise RenderError(f"{where}: over {LONGEST} characters rendered: shorten the template")
        taken.append(piece)
    return "".join(taken)


@lru_cache(maxsize=512)
def _compiled(source: str) -> Template:
    return _SANDBOX.from_string(source)


@lru_cache(maxsize=512)
def _fields(source: str) -> frozenset[str]:
    """The names of a scenario's fields in a template."""
    tree = _SANDBOX.parse(source)
    dotted = {found.attr for found in tree.find_all(nodes.Getattr) if _is_scenario(found.node)}
    quoted = {
        str(found.arg.value)
        for found in tree.find_all(nodes.Getitem)
        if _is_scenario(found.node) and isinstance(found.arg, nodes.Const)
    }
    return frozenset(dotted | quoted)


def _is_scenario(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "scenario"
