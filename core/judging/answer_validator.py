"""The validator of one answer of a judge, made from the rubric it must keep to."""

from typing import Annotated, Any, Literal

import msgspec

from core.judging.rubric import Rubric

LONGEST_TEXT = 10_000
Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]


class AnswerShape:
    """Decodes answers for one rubric: `scores` with every criterion in range, or `unscorable` with a reason.

    `line` decodes one answer, whatever rubric it states, for `fault` to look at; `lines` refuses another rubric itself.
    """

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        value = Annotated[float, msgspec.Meta(ge=rubric.scale.low, le=rubric.scale.high)]
        self.fields = tuple(f"c{number}" for number in range(len(rubric.names)))
        scores = msgspec.defstruct(
            "Scores",
            [(field, value) for field in self.fields],
            rename=dict(zip(self.fields, rubric.names, strict=True)),
            forbid_unknown_fields=True,
            gc=False,
        )
        self.type = _answer(str, scores)
        self.line = msgspec.json.Decoder(self.type)
        self.lines = msgspec.json.Decoder(_answer(Literal[rubric.ref], scores))

    def fault(self, answer: Any) -> str | None:
        """What the types alone cannot say about a decoded answer, or None."""
        if answer.rubric != self.rubric.ref:
            return f"field 'rubric' is {answer.rubric[:60]!r}, and this experiment is judged by {self.rubric.ref!r}"
        if answer.unscorable is not None and not answer.unscorable.strip():
            return "field 'unscorable' is blank: give the reason"
        if (answer.scores is None) == (answer.unscorable is None):
            return "give either 'scores' or 'unscorable', not both and not neither"
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
