"""Compares judges' answers to anchors with their first answers to the same tips, and says how far they drifted."""

import numpy as np
import pyarrow as pa

from core.dataset_columns import criterion_column
from core.judging.rubric import Rubric, composite, in_rubric_units
from core.plurals import counted
from core.scoring.drift import Drift, drift

WHOLE = "score"
"""The name of the composite among the criteria's."""


def drifts(rubric: Rubric, scores: pa.Table, repeats: pa.Table, tips: pa.Table) -> dict[str, dict[str, Drift]]:
    """Return each judge's drift, of the composite and of every criterion but gates; judges and names in order.

    `scores` and `repeats` are those of the scores dataset, `tips` has the columns candidate_id and scenario. An item
    that was called unscorable the first or the second time is left out.
    """
    place = dict(zip(tips["candidate_id"].to_pylist(), tips["scenario"].to_pylist(), strict=True))
    first, second = _values(scores, rubric), _values(repeats, rubric)
    pairs = sorted(first.keys() & second.keys())
    found = {}
    for judge in sorted({judge for judge, _ in pairs}):
        own = [pair for pair in pairs if pair[0] == judge]
        differences = np.array([np.subtract(second[pair], first[pair]) for pair in own])
        scenarios = np.array([place[candidate] for _, candidate in own], np.int64)
        found[judge] = dict(zip((WHOLE, *rubric.averaged_names), drift(differences, scenarios), strict=True))
    return found


def _values(scores: pa.Table, rubric: Rubric) -> dict[tuple[str, str], list[float]]:
    """Return the composite and the criteria but gates of every scored answer, by judge and candidate."""
    found = {}
    for row in scores.to_pylist():
        if row["unscorable"] is None:
            given = {name: row[criterion_column(name)] for name in rubric.averaged_names}
            found[row["judge"], row["candidate_id"]] = [
                composite(given, rubric),
                *in_rubric_units(given, rubric).values(),
            ]
    return found


def drift_notes(found: dict[str, dict[str, Drift]]) -> list[str]:
    """Return a sentence for each judge who has answered anchors."""
    return [_sentence(judge, own) for judge, own in found.items()]


def _sentence(judge: str, own: dict[str, Drift]) -> str:
    any_ = own[WHOLE]
    figures = ", ".join(f"{name} {_figure(each)}" for name, each in own.items())
    items, scenarios = counted(any_.n, "old item"), counted(any_.n_scenarios, "scenario")
    bare = all(each.low is None for each in own.values())
    why = ", too few or too equal for an interval" if bare else ", with 95 % intervals"
    return f"Drift of {judge}, second minus first score of {items} judged again in {scenarios}{why}: {figures}."


def _figure(each: Drift) -> str:
    interval = "" if each.low is None or each.high is None else f" ({each.low:+.2f} to {each.high:+.2f})"
    return f"{each.mean:+.2f}{interval}"
