"""Validates one answer given on a page by the validator that files pass through."""

from typing import Any

import msgspec

from contracts.judging import GivenAnswer
from contracts.refusals import InvalidInput
from core.judging.answer_validator import AnswerShape, InvalidAnswer
from kit.refusals import refusal_of


def checked(given: GivenAnswer, shape: AnswerShape) -> dict[str, Any]:
    """Return the answer as a line of a score file states it; raise InvalidInput with the criterion or field as path."""
    answer: dict[str, Any] = {"item": given.item, "rubric": shape.rubric.ref}
    named = ("scores", "unscorable", "comment")
    answer |= {name: value for name in named if (value := getattr(given, name)) is not None}
    try:
        line: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(answer))
        shape.answer(line)
    except UnicodeEncodeError as error:
        raise InvalidInput("the text holds a character that UTF-8 cannot write") from error
    except InvalidAnswer as error:
        raise refusal_of(error) from error
    return line
