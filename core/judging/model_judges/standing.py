"""How far a model judge is with an item: what is still to be requested, the folded answer, or that there is none."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from core.judging.answer_faults import LONGEST_TEXT
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.prompt import ShownItem, answer_key
from core.judging.model_judges.reading import NoScore, Reading
from core.judging.rubric import Rubric

ATTEMPTS = 3
"""How often one answer is requested until it is a score; then the item has none."""
Look = Callable[[str, int], Reading | NoScore | None]
"""Gives what came of the request with a key about the part of a number; None where it has no final outcome."""


class DueRequest(NamedTuple):
    """A request to be sent: its key, and the number of the part that it is about."""

    key: str
    part: int


class NumberedAnswer(NamedTuple):
    """One answer to all parts, or `why` it is no score; `keys` are those of the requests that it was given to."""

    number: int
    reading: Reading | None
    why: str | None
    keys: tuple[str, ...]


class Standing(NamedTuple):
    """What is `due` of an item; with nothing due its `reading`, or why it has none. `keys` are those looked at.

    `given` are the answers so far, one that is no score among them after its last attempt.
    """

    due: list[DueRequest]
    reading: Reading | None
    why: str | None
    keys: list[DueRequest]
    given: list[NumberedAnswer]


def standing_of(
    item: ShownItem, parts: Sequence[Rubric], definition: JudgeDefinition, look: Look, first: int = 0
) -> Standing:
    """Return how far an item is: each of `asks` answers to each part is requested up to `ATTEMPTS` times.

    An item that any of them stays without has no score: never one of fewer answers or criteria. `first` is the number
    of the first part.
    """
    due, keys, answers = list[DueRequest](), list[DueRequest](), list[NumberedAnswer]()
    for number in range(definition.entry.asks):
        sent, looked_at, answer = answer_of(item, parts, definition, look, number, first)
        due, keys = [*due, *sent], [*keys, *looked_at]
        if answer is not None:
            answers.append(answer)
    why = next((each.why for each in answers if each.why is not None), None)
    if why is not None or due:
        return Standing([] if why is not None else due, None, why, keys, answers)
    readings = [each.reading for each in answers if each.reading is not None]
    return Standing([], folded(readings, [name for part in parts for name in part.yes_no]), None, keys, answers)


def answer_of(
    item: ShownItem, parts: Sequence[Rubric], definition: JudgeDefinition, look: Look, number: int, first: int = 0
) -> tuple[list[DueRequest], list[DueRequest], NumberedAnswer | None]:
    """Return what is due of one answer to all parts, all keys that were looked at, and the answer, None without one."""
    due, keys = list[DueRequest](), list[DueRequest]()
    found, failed, used = list[Reading](), None, list[str]()
    for place, part in enumerate(parts, first):
        read: Reading | NoScore | None = None
        for attempt in range(ATTEMPTS):
            request = DueRequest(answer_key(item, part, definition, number, attempt), place)
            keys.append(request)
            read = look(*request)
            if read is None:
                due.append(request)
            if not isinstance(read, NoScore) or read.is_last:
                break
        used.append(request.key)
        if isinstance(read, NoScore):
            failed = read.why
        elif read is not None:
            found.append(read)
    if failed is None and len(found) < len(parts):
        return due, keys, None
    return due, keys, NumberedAnswer(number, None if failed else _joined(found, parts), failed, tuple(used))


def folded(answers: Sequence[Reading], yes_no: Sequence[str]) -> Reading:
    """Return several answers to one item as one: the mean of each criterion, of yes or no what most say, a tie is no.

    The comment is the first answer's. Unscorable is what more than half call so, with the first reason.
    """
    scored = [each.scores for each in answers if each.scores is not None]
    if len(answers) == 1:
        return answers[0]
    if 2 * len(scored) < len(answers) or not scored:
        return next(each for each in answers if each.scores is None)
    values = {}
    for name in scored[0]:
        mean = sum(own[name] for own in scored) / len(scored)
        values[name] = float(mean > 1 / 2) if name in yes_no else mean
    return Reading(values, comment=next(each.comment for each in answers if each.scores is not None))


def _joined(found: Sequence[Reading], parts: Sequence[Rubric]) -> Reading:
    """Return the answers to the parts of one rubric as one answer."""
    if len(found) == 1:
        return found[0]
    for each in found:
        if each.scores is None:
            return each
    scores = {name: value for each in found for name, value in (each.scores or {}).items()}
    named = [(part.names[0], each.comment) for part, each in zip(parts, found, strict=True)]
    said = "; ".join(f"{name}: {comment}" for name, comment in named if comment)[:LONGEST_TEXT]
    return Reading(scores, comment=said or None)
