"""Says in words what is wrong with an answer, as its judge wrote it: field, value and what is allowed."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from core.judging.answers import COMPARISON_FIELDS
from core.judging.rubric import Rubric, yes_or_no
from core.judging.tasks import NOT_OFFERED

LONGEST_TEXT = 10_000
FIELDS = ("item", "rubric", "scores", "unscorable", "comment")
SHOWN = 60
INSTEAD = f"an answer has {', '.join(FIELDS)}"


class Fault(NamedTuple):
    """What is wrong, and the field: `("scores", "clear")` for a criterion, `()` for the answer as a whole."""

    path: tuple[str, ...]
    message: str


def allowed(rubric: Rubric, name: str) -> str:
    """Return the values of a criterion in words: `a number from 1 to 5`."""
    if name in rubric.yes_no:
        return "1 for yes or 0 for no"
    return f"a number from {rubric.scale.low:g} to {rubric.scale.high:g}"


def shape_fault(answer: Any, rubric: Rubric) -> Fault | None:
    """Return the first thing that makes `answer`, as decoded from JSON, no answer by `rubric`, whatever item it names.

    None for what the types of an answer allow; which of `scores` and `unscorable` it may have is not looked at here.
    """
    if not isinstance(answer, dict):
        return Fault((), f"{_shown(answer)} is no answer: write an object with {', '.join(FIELDS[:3])}")
    fault = other_task_fault(answer)
    if fault is not None:
        return fault
    for name in answer:
        if name not in FIELDS:
            return Fault((str(name),), f"field '{name:.60}' is unknown: {INSTEAD}")
    for name in ("item", "rubric"):
        if name not in answer:
            return Fault((name,), f"field '{name}' is missing")
        if not isinstance(answer[name], str):
            return Fault((name,), f"field '{name}' is {_shown(answer[name])}, not a text")
    fault = _scores(answer["scores"], rubric) if answer.get("scores") is not None else None
    return fault or next(filter(None, (_text(name, answer.get(name)) for name in ("unscorable", "comment"))), None)


def other_task_fault(names: Collection[Any]) -> Fault | None:
    """Return what is wrong with an answer that has one of these fields or columns of a comparison, None without any."""
    found = next((name for name in COMPARISON_FIELDS if name in names), None)
    if found is None:
        return None
    return Fault((found,), f"field '{found}' belongs to a comparison, and {NOT_OFFERED}; {INSTEAD}")


def _scores(scores: Any, rubric: Rubric) -> Fault | None:
    names = ", ".join(rubric.names)
    if not isinstance(scores, Mapping):
        return Fault(
            ("scores",), f"field 'scores' is {_shown(scores)}: write an object with a number for each of {names}"
        )
    for name in scores:
        if name not in rubric.names:
            path = ("scores", str(name))
            return Fault(path, f"field 'scores.{name:.60}' is no criterion of {rubric.ref}, which has {names}")
    given = [name for name in rubric.names if name not in rubric.conditional or scores.get(name) is not None]
    return next(filter(None, (_value(name, scores, rubric) for name in given)), None)


def _value(name: str, scores: Mapping[str, Any], rubric: Rubric) -> Fault | None:
    place, path = f"field 'scores.{name}'", ("scores", name)
    give = f"give {allowed(rubric, name)}"
    if name not in scores:
        return Fault(path, f"{place} is missing: {give}")
    value = scores[name]
    if name in rubric.yes_no:
        return None if yes_or_no(value) is not None else Fault(path, f"{place} is {_shown(value)}: {give}")
    if isinstance(value, str):
        return Fault(path, f"{place} is the text {_shown(value)}: {give}, without quotation marks")
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return Fault(path, f"{place} is {_shown(value)}: {give}")
    if not rubric.scale.low <= value <= rubric.scale.high:
        return Fault(path, f"{place} is {value:g}: {give}")
    return None


def _text(name: str, value: Any) -> Fault | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return Fault((name,), f"field '{name}' is {_shown(value)}, not a text")
    if len(value) > LONGEST_TEXT:
        return Fault((name,), f"field '{name}' has {len(value)} characters: at most {LONGEST_TEXT} are kept")
    return None


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return f'"{value:.{SHOWN}}"' if isinstance(value, str) else f"{value:g}"
