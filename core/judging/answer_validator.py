"""The validator of one answer of a judge, made from the rubric it must keep to."""

from typing import Annotated, Any, Literal

import msgspec

from core.expected_error import FieldError
from core.judging.answer_faults import FIELDS, LONGEST_TEXT, Fault, allowed, shape_fault
from core.judging.rubric import Rubric, yes_or_no

_UNREADABLE = Fault((), f"this is no answer: write an object with {', '.join(FIELDS[:3])} as the instructions show")
Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]


class InvalidAnswer(FieldError):
    """An answer that is not taken; `fault` says what is wrong with which field."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message, fault.path)


class AnswerShape:
    """Reads answers for one rubric: `scores` with every criterion in range, or `unscorable` with a reason.

    A criterion that needs something of the scenario may be left out, or be null: `unanswered` says of an item that has
    it what is missing. `lines` decodes JSON lines and leaves messages to msgspec; `answer` takes one decoded answer and
    words the fault itself.
    """

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        value = Annotated[float, msgspec.Meta(ge=rubric.scale.low, le=rubric.scale.high)]
        self._yes_no = rubric.yes_no
        self.fields = tuple(f"c{number}" for number in range(len(rubric.names)))
        kinds = {name: Literal[0, 1] if name in self._yes_no else value for name in rubric.names}
        named = dict(zip(rubric.names, self.fields, strict=True))
        self.conditional = {name: named[name] for name in rubric.conditional}
        scores = msgspec.defstruct(
            "Scores",
            [
                (field, kinds[name] | None, None) if name in self.conditional else (field, kinds[name])
                for name, field in named.items()
            ],
            rename=dict(zip(self.fields, rubric.names, strict=True)),
            forbid_unknown_fields=True,
            gc=False,
            kw_only=True,
        )
        self._type = _answer(str, scores)
        self.lines = msgspec.json.Decoder(_answer(Literal[rubric.ref], scores))

    def answer(self, given: Any) -> Any:
        """Return a decoded JSON answer as a record; raise InvalidAnswer if it does not fit the rubric."""
        try:
            found = msgspec.convert(self._in_numbers(given), self._type)
        except msgspec.ValidationError as error:
            raise InvalidAnswer(shape_fault(given, self.rubric) or _UNREADABLE) from error
        fault = self.fault(found)
        if fault is not None:
            raise InvalidAnswer(fault)
        return found

    def _in_numbers(self, given: Any) -> Any:
        """Return an answer with 1 and 0 for whatever stands for yes and no; anything else as it is."""
        scores = given.get("scores") if self._yes_no and isinstance(given, dict) else None
        if not isinstance(scores, dict):
            return given
        found = {name: yes_or_no(value) for name, value in scores.items() if name in self._yes_no}
        return {**given, "scores": scores | {name: value for name, value in found.items() if value is not None}}

    def fault(self, answer: Any) -> Fault | None:
        """Return what is wrong with a decoded answer beyond what the types check, or None."""
        if answer.rubric != self.rubric.ref:
            said = f"field 'rubric' is {answer.rubric[:60]!r}, and this experiment is judged by {self.rubric.ref!r}"
            return Fault(("rubric",), said)
        if answer.unscorable is not None and not answer.unscorable.strip():
            return Fault(("unscorable",), "field 'unscorable' is blank: give the reason")
        if (answer.scores is None) == (answer.unscorable is None):
            path = ("scores",) if answer.unscorable is None else ("unscorable",)
            return Fault(path, "give either 'scores' or 'unscorable', not both and not neither")
        return None

    def unanswered(self, answer: Any) -> Fault | None:
        """Return what a valid answer leaves out that an item whose scenario has must_not needs, or None."""
        if answer.scores is None:
            return None
        for name, field in self.conditional.items():
            if getattr(answer.scores, field) is None:
                why = "this item's scenario says under must_not what must not be said"
                said = f"field 'scores.{name}' has no answer: give {allowed(self.rubric, name)}, for {why}"
                return Fault(("scores", name), said)
        return None


def _answer(rubric: Any, scores: Any) -> Any:
    fields: list[Any] = [
        ("item", str),
        ("rubric", rubric),
        ("scores", scores | None, None),
        ("unscorable", Text | None, None),
        ("comment", Text | None, None),
    ]
    return msgspec.defstruct("Answer", fields, forbid_unknown_fields=True, gc=False)
