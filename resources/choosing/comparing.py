"""Compares two experiments: what changed of the cells that both have, on the scenarios that both have."""

from core.choosing.changes import CellChange, cell_changes
from core.expected_error import FieldError
from core.plurals import counted
from resources.bench_context import BenchContext
from resources.choosing.against import Side, common_judges, common_scenarios, refuse_other_rubric, side_of
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.scoring.drifts import drift_notes, drifts


class NothingCommon(FieldError):
    """Two experiments without a cell, a scenario or a scored judge that both have."""


def compare(bench: BenchContext, first: str, second: str) -> tuple[list[CellChange], list[str]]:
    """Return the change of each common cell from the first experiment to the second, and sentences on what it rests on.

    Raise NotPinned, OtherBasis or NothingCommon.
    """
    there, now = (side_of(bench.home, bench.on_record(name)) for name in (first, second))
    refuse_other_rubric(now, there)
    names = [["/".join(cell) for cell in side.spec.cell_names()] for side in (now, there)]
    cells = [(name, place, names[1].index(name)) for place, name in enumerate(names[0]) if name in names[1]]
    scenarios, judges = common_scenarios(now, there), common_judges(now, there)
    for what, found in (("cell", cells), ("scenario", scenarios), ("judge who scored both", judges)):
        if not found:
            raise NothingCommon(f"{first} and {second} have no common {what}: there is nothing to compare", ("second",))
    tallies = [side.tally(judges, scenarios) for side in (now, there)]
    changes = cell_changes(cells, tallies[0], tallies[1], now.spec.rubric, now.spec.failures)
    basis = (
        f"{counted(len(cells), 'cell')} on {counted(len(scenarios), 'common scenario')}, judged by {', '.join(judges)}"
    )
    said = f"{second} minus {first}: {basis}; p is adjusted by Holm over the cells"
    return changes, [said, *_drift(bench, now, there)]


def _drift(bench: BenchContext, now: Side, there: Side) -> list[str]:
    """Return how far judges drifted by items that they judged in both; where there are none, what that leaves open."""
    name = now.spec.experiment
    scores = Scores(bench.home, name, now.spec.rubric)
    repeats = scores.repeats() if now.spec.extends == there.spec.experiment else None
    if repeats is None or not len(repeats):
        return [
            "No old item was judged again, so a change may be one of the models or of the judges: only anchors, of an "
            "experiment that extends the other, tell them apart."
        ]
    tips = candidates(bench.home, name).table(["candidate_id", "scenario"])
    return drift_notes(drifts(now.spec.rubric, scores.current(), repeats, tips))
