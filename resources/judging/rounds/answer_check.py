"""Validates one answer given on a page by the validator that files pass through."""

import re
from typing import Any

import msgspec

from contracts.judging import GivenAnswer
from contracts.refusals import InvalidInput
from core.judging.answer_validator import AnswerShape

_MISSING = re.compile(r"(?:missing required|contains unknown) field `(.*?)`")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")


def checked(given: GivenAnswer, shape: AnswerShape) -> dict[str, Any]:
    """The answer as a line of a score file states it; InvalidInput names the criterion or field as path."""
    answer: dict[str, Any] = {"item": given.item, "rubric": shape.rubric.ref}
    named = ("scores", "unscorable", "comment")
    answer |= {name: value for name in named if (value := getattr(given, name)) is not None}
    try:
        line = msgspec.json.encode(answer)
        decoded = shape.line.decode(line)
    except UnicodeEncodeError as error:
        raise InvalidInput("the text holds a character that UTF-8 cannot write") from error
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), _path(str(error))) from error
    fault = shape.fault(decoded)
    if fault is not None:
        raise InvalidInput(fault, ("unscorable",) if given.unscorable is not None else ("scores",))
    kept: dict[str, Any] = msgspec.json.decode(line)
    return kept


def _path(message: str) -> tuple[str, ...]:
    place, missing = _PLACE.search(message), _MISSING.search(message)
    outer = tuple(place[1].split(".", 1)) if place and place[1] else ()
    return (*outer, missing[1]) if missing else outer
