"""The drift of judges from the scores of an experiment, and its sentence."""

from typing import Any

import pyarrow as pa
import pytest

from core.dataset_columns import scores_schema
from resources.scoring.drifts import drift_notes, drifts
from tests.resources.judging.experiment import RUBRIC

TIPS = pa.table({"candidate_id": [f"c{n}" for n in range(6)], "scenario": [0, 1, 2, 3, 4, 4]})


def _scores(*given: tuple[str, int, float | None, float | None]) -> pa.Table:
    """Scores of judge and tip on both criteria, None for unscorable."""
    rows: list[dict[str, Any]] = [
        {"item": f"{judge}{tip}", "candidate_id": f"c{tip}", "judge": judge, "kind": "human", "source": "x", "line": 1,
         "score.clear": clear, "score.kind": kind, "unscorable": "?" if clear is None else None}
        for judge, tip, clear, kind in given
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, scores_schema(RUBRIC))


def test_a_judges_own_first_answer_is_compared() -> None:
    """The composite and each criterion; another judge's answers and what was unscorable once are left out."""
    first = _scores(
        *(("anna", tip, 3, 2) for tip in range(6)), ("ben", 0, 1, 1), ("ben", 1, None, None), ("cid", 0, 5, 5)
    )
    again = _scores(*(("anna", tip, 3 + tip % 2, 2) for tip in range(6)), ("ben", 0, 2, 1), ("ben", 1, 5, 5))
    found = drifts(RUBRIC, first, again, TIPS)
    assert {judge: (own["score"].n, own["score"].n_scenarios) for judge, own in found.items()} == {
        "anna": (6, 5),
        "ben": (1, 1),
    }
    assert {name: each.mean for name, each in found["anna"].items()} == pytest.approx(
        {"score": 0.25, "clear": 0.5, "kind": 0.0}
    )


def test_the_sentence_has_what_is_known() -> None:
    """Numbers of items and scenarios, each figure with its interval, and that there is none."""
    first = _scores(*(("anna", tip, 3, 2) for tip in range(6)), ("ben", 0, 1, 1))
    again = _scores(*(("anna", tip, 3 + tip % 2, 2) for tip in range(6)), ("ben", 0, 2, 1))
    anna, ben = drift_notes(drifts(RUBRIC, first, again, TIPS))
    assert anna.startswith(
        "Drift of anna, second minus first score of 6 old items judged again in 5 scenarios, with 95 % intervals: score"
    )
    assert anna.endswith("kind +0.00.")
    assert ben == (
        "Drift of ben, second minus first score of 1 old item judged again in 1 scenario, too few or too equal for an "
        "interval: score +0.50, clear +1.00, kind +0.00."
    )
