"""Reads what a model answered as a judge: scores on every criterion, or unscorable; everything else is no score."""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from core.benchmark.cut import Tags, without_reasoning
from core.judging.answer_faults import LONGEST_TEXT
from core.judging.answer_validator import AnswerShape, InvalidAnswer
from core.judging.rubric import Rubric

LONGEST = 200_000
"""The most characters of an answer that are looked at."""
MOST_OBJECTS = 20
_OBJECT = re.compile(r'\{(?=\s*["}])')
_HALF = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"\s*([+-]?\d{1,9}(?:\.\d{1,9})?)\s*(?:/\s*(\d{1,9}(?:\.\d{1,9})?)\s*)?")


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer that counts: a value for each criterion, or why the tip cannot be judged, and what the model said."""

    scores: dict[str, float] | None = None
    unscorable: str | None = None
    comment: str | None = None


class NoScore(msgspec.Struct, frozen=True):
    """An answer that is no score, and why, in words; after the `is_last` one nothing more is requested."""

    why: str
    is_last: bool = False


class AnswerReader:
    """Reads answers by one rubric, or by a part of one; `tags` are those between which the model reasons."""

    def __init__(self, rubric: Rubric, tags: Tags = ()) -> None:
        self._shape, self._rubric, self._tags = AnswerShape(rubric), rubric, tags

    def read(self, raw: str | None) -> Reading | NoScore:
        """Return the answer in a model's text, never a guess at one.

        Taken are one object in whatever stands around it, equal objects, `"4"` for 4, and `"4/5"` where the scale ends
        at 5. Prose, objects that differ, one that is cut off, a criterion that is missing and a value off the scale are
        no score.
        """
        text = without_reasoning(raw or "", self._tags)
        if not text.strip():
            return NoScore("there is no answer")
        if len(text) > LONGEST:
            return NoScore(f"the answer has over {LONGEST} characters")
        found = _objects(text)
        if isinstance(found, NoScore):
            return found
        return self._of_object(found)

    def _of_object(self, given: Mapping[str, Any]) -> Reading | NoScore:
        said = given.get("reason") or given.get("comment")
        comment = said.strip()[:LONGEST_TEXT] or None if isinstance(said, str) else None
        answer = {"item": "", "rubric": self._rubric.ref, "scores": self._numbers(given.get("scores"))}
        why = given.get("unscorable")
        if why is not None and not (why == "" and answer["scores"] is not None):  # for null, where numbers are given
            answer["unscorable"] = why[:LONGEST_TEXT] if isinstance(why, str) else why
        try:
            read = self._shape.answer({name: value for name, value in answer.items() if value is not None})
        except InvalidAnswer as error:
            return NoScore(_encodable(error.fault.message))
        if read.scores is None:
            return Reading(unscorable=read.unscorable, comment=comment)
        values = (float(getattr(read.scores, field)) for field in self._shape.fields)
        return Reading(dict(zip(self._rubric.names, values, strict=True)), comment=comment)

    def _numbers(self, scores: Any) -> Any:
        """Return the scores with a number for each text that is one; all else as it stands."""
        if not isinstance(scores, dict):
            return scores
        return {name: self._number(value) for name, value in scores.items()}

    def _number(self, value: Any) -> Any:
        found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
        if found is None or (found[2] is not None and float(found[2]) != self._rubric.scale.high):
            return value
        return float(found[1])


def _objects(text: str) -> dict[str, Any] | NoScore:
    """Return the one object that stands in the text, however often; NoScore for none, several, or one in pieces."""
    place, found = 0, list[dict[str, Any]]()
    while (start := _OBJECT.search(text, place)) is not None:
        try:
            each, place = _DECODER.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            return NoScore("an object in the answer is not JSON, or is cut off")
        found.append(each)
        if len(found) > MOST_OBJECTS:
            return NoScore(f"the answer holds over {MOST_OBJECTS} objects")
    if not found:
        return NoScore("the answer holds no JSON object")
    if any(each != found[0] for each in found[1:]):
        return NoScore("the answer holds objects that differ")
    return found[0]


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("a name stands twice in an object")
    return {_encodable(name): _encodable(value) if isinstance(value, str) else value for name, value in pairs}


def _encodable(text: str) -> str:
    """Return the text with U+FFFD for each half of a character, which JSON may escape alone and no file can hold."""
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_unambiguous, parse_constant=_no_number)
