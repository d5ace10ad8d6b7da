"""The judges of kind program, by name: functions that score a tip where they run; those that ship, and registered ones.

One that ships is one entry here. Others are registered by installed distributions, which whoever wires adds at start.
"""

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, NamedTuple

from core.expected_error import OperatorError
from core.judging.heuristics import heuristic_scores
from core.judging.rubric import Rubric, fits

Scores = Callable[[str, Mapping[str, Any], Rubric], Mapping[str, float]]
"""Gives a value by criterion for a tip, its scenario's data and the rubric; equal input gives equal scores."""


class ProgramFailed(OperatorError, ValueError):
    """A program that raised an error, or whose scores do not fit the rubric: its defect, which publishes nothing."""


class ProgramJudge(NamedTuple):
    """A program that judges; `caveat` says to readers of a leaderboard what its scores mean, None if nobody knows."""

    scores: Scores
    caveat: str | None = None


PROGRAMS: dict[str, ProgramJudge] = {
    "heuristics": ProgramJudge(heuristic_scores, "it measures form, and says nothing about whether the advice is good"),
}
UNUSABLE: dict[str, str] = {}
"""Why a name that was registered is no judge, by name: such a judge is refused, whatever else has the name."""


def program_scores(judge: str, tip: str, scenario: Mapping[str, Any], rubric: Rubric) -> dict[str, float]:
    """Return the scores that the program of this name gives a tip, one for every criterion, gates as it likes.

    Raise KeyError for a program that does not exist, ProgramFailed for one that fails or whose scores do not fit.
    """
    program = PROGRAMS[judge]
    try:
        given = program.scores(tip, scenario, rubric)
    except Exception as error:
        raise ProgramFailed(f"the program {judge} failed on a tip: {error!r:.200}") from error
    if not _is_whole(given, rubric):
        raise ProgramFailed(f"the program {judge} gave {given!r:.200}, which does not fit the rubric {rubric.ref}")
    return {name: float(given[name]) for name in rubric.names if name in given}


def _is_whole(given: Any, rubric: Rubric) -> bool:
    """Return whether these are scores: numbers of the rubric's criteria, of each that enters the mean."""
    if not isinstance(given, Mapping) or not set(rubric.averaged_names) <= set(given) <= set(rubric.names):
        return False
    return all(isinstance(value, Real) and fits(name, float(value), rubric) for name, value in given.items())
