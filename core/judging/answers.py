"""A judge's answer: a rating of one candidate or a comparison of two, and the line of a score file that states it."""

from typing import Any, Literal

import msgspec

from core.judging.tasks import Task

Winner = Literal["left", "right", "tie", "both_bad"]


class Rating(msgspec.Struct, frozen=True, tag_field="task", tag="rating", omit_defaults=True, kw_only=True):
    """A value for every criterion, or why the candidate cannot be judged; numbers stay as they are written."""

    item: str
    rubric: str
    scores: dict[str, int | float] | None = None
    unscorable: str | None = None
    comment: str | None = None


class Comparison(msgspec.Struct, frozen=True, tag_field="task", tag="comparison", kw_only=True):
    """Which of two candidates is the better one, by the rubric's question; `pair` is the item's id."""

    pair: str
    rubric: str
    winner: Winner


Answer = Rating | Comparison
COMPARISON_FIELDS = ("pair", "winner")
"""Fields of a comparison's line that no rating has."""


def task_of(answer: Answer) -> Task:
    """Return which task it is an answer to."""
    return "rating" if isinstance(answer, Rating) else "comparison"


def line_of(answer: Answer) -> dict[str, Any]:
    """Return the answer as a line of a score file states it: without the task, which its fields tell."""
    line: dict[str, Any] = msgspec.to_builtins(answer)
    del line["task"]
    return line
