"""Program judges that installed distributions register, by the entry point group `tipbench.judges`."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from core.benchmark.names import JUDGE
from core.judging.programs import PROGRAMS, UNUSABLE, ProgramJudge, Scores
from core.judging.rubric import Rubric

GROUP = "tipbench.judges"
NO_REGISTERED = ("agent", "heuristics")
"""Names that belong to judges which Tipbench has by itself."""


def register_programs() -> None:
    """Add every function that an installed distribution registers to the program judges, under its name there.

    Nothing of a distribution is imported before its judge scores. A name that two of them register, that no judge can
    have or that another judge has by itself is noted in UNUSABLE instead.
    """
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        found.setdefault(point.name, []).append(point)
    for name, points in found.items():
        why = _fault(name, points)
        if why is not None:
            UNUSABLE[name] = why
            if name not in NO_REGISTERED:
                PROGRAMS.pop(name, None)
        else:
            PROGRAMS[name] = ProgramJudge(_loaded_late(points[0]))


def _fault(name: str, points: list[EntryPoint]) -> str | None:
    by = " and ".join(sorted({point.dist.name if point.dist else point.value for point in points}))
    if not JUDGE.fullmatch(name):
        return f"{by} registers a judge called {name!r:.80}, which no judge can be called"
    if name in NO_REGISTERED:
        return f"{by} registers a judge called {name}, which is another judge's name: remove the distribution"
    if len({point.value for point in points}) > 1 or " and " in by:
        return f"{by} register the judge {name}, and only one can be meant: remove a distribution"
    return None


def _loaded_late(point: EntryPoint) -> Scores:
    """Return the function of an entry point, which is imported at the first tip, and changes no scenario of ours."""
    load = cache(point.load)

    def scores(tip: str, scenario: Mapping[str, Any], rubric: Rubric) -> Mapping[str, float]:
        given: Mapping[str, float] = load()(tip, deepcopy(dict(scenario)), rubric)
        return given

    return scores
