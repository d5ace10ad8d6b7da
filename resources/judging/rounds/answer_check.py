"""Validates one answer given on a page by the validator that files pass through."""

from typing import Any

import msgspec

from contracts.judging import GivenAnswer
from contracts.refusals import InvalidInput
from core.judging.answer_validator import AnswerShape, InvalidAnswer
from core.judging.answers import Rating, line_of
from kit.refusals import refusal_of

LONGEST_KEY = 64
"""Characters of what a page calls an answer."""


def checked_key(key: str | None) -> str | None:
    """Return the key that a page gives an answer; raise InvalidInput for a blank, long or unprintable one."""
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise InvalidInput(f"a key has 1 to {LONGEST_KEY} printable ASCII characters", ("key",))
    return key


def checked(given: GivenAnswer, shape: AnswerShape, *, has_must_not: bool = False) -> Rating:
    """Return the answer if its line in a score file is one; raise InvalidInput with the criterion or field as path.

    Where the item's scenario has must_not, so has an answer every criterion that needs it.
    """
    said = {name: getattr(given, name) for name in ("scores", "unscorable", "comment")}
    answer = Rating(item=given.item, rubric=shape.rubric.ref, **said)
    try:
        line: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(line_of(answer)))
        read = shape.answer(line)
    except UnicodeEncodeError as error:
        raise InvalidInput("the text holds a character that UTF-8 cannot write") from error
    except InvalidAnswer as error:
        raise refusal_of(error) from error
    if has_must_not and (fault := shape.unanswered(read)) is not None:
        raise InvalidInput(fault.message, fault.path)
    return answer
