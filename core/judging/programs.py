"""The judges of kind program, by name: functions that score a tip where they run; a new one is one entry here."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from core.judging.heuristics import heuristic_scores
from core.judging.rubric import Rubric, fits


class ProgramJudge(NamedTuple):
    """A program that judges: `scores` gives a value by criterion for a tip, its scenario's data and the rubric.

    `caveat` says to readers of a leaderboard what the program's scores mean. Equal input gives equal scores.
    """

    scores: Callable[[str, Mapping[str, Any], Rubric], Mapping[str, float]]
    caveat: str


PROGRAMS: dict[str, ProgramJudge] = {
    "heuristics": ProgramJudge(heuristic_scores, "it measures form, and says nothing about whether the advice is good"),
}


def program_scores(judge: str, tip: str, scenario: Mapping[str, Any], rubric: Rubric) -> dict[str, float]:
    """Return the scores that the program of this name gives a tip, one for every criterion, gates as it likes.

    Raise KeyError for a program that does not exist, ValueError for scores that do not fit the rubric: a defect of the
    program, which publishes nothing.
    """
    given = PROGRAMS[judge].scores(tip, scenario, rubric)
    if not set(rubric.averaged_names) <= set(given) <= set(rubric.names) or not all(
        fits(name, value, rubric) for name, value in given.items()
    ):
        raise ValueError(f"the program {judge} gave {dict(given)!r:.200}, which does not fit the rubric {rubric.ref}")
    return {name: float(given[name]) for name in rubric.names if name in given}
