"""The tips of an experiment as people list them: what is published or still in the journal, with each judge's score."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from core.benchmark.spec import Spec
from core.dataset_columns import criterion_column
from resources.home import Home
from resources.judging.scores import Scores
from resources.lake.candidates import candidates, journaled_rows, select_candidates
from resources.lake.specs import journal_path


def tip_rows(home: Home, spec: Spec, wanted: Mapping[str, str], limit: int | None) -> list[dict[str, Any]]:
    """Return candidate rows in grid order whose columns equal `wanted`, at most `limit`.

    `scores` has each judge's score in rubric units, by judge. While a run goes on, or after one that was interrupted,
    the rows are what its journal holds by now.
    """
    published = candidates(home, spec.experiment).path()
    if spec.source != "adopt" and _is_newer(journal_path(home, spec.experiment), published):
        found = (row for row in journaled_rows(home, spec) if all(row[name] == wanted[name] for name in wanted))
        rows = list(islice(found, limit))
    else:
        rows = select_candidates(home, spec.experiment, dict(wanted), limit)
    scores = _scores_by_tip(home, spec)
    return [{**row, "scores": scores.get(row["candidate_id"], {})} for row in rows]


def _is_newer(journal: Path, published: Path | None) -> bool:
    if published is None:
        return journal.exists()
    return journal.exists() and journal.stat().st_mtime_ns > published.stat().st_mtime_ns


def _scores_by_tip(home: Home, spec: Spec) -> dict[str, dict[str, float]]:
    """Return the weighted mean over the criteria by tip and judge; answers without a score are left out."""
    found: dict[str, dict[str, float]] = {}
    for row in Scores(home, spec.experiment, spec.rubric).current().to_pylist():
        values = [row[criterion_column(name)] for name in spec.rubric.names]
        if row["unscorable"] is None and None not in values:
            total = sum(weight * value for weight, value in _weighted(spec, values))
            found.setdefault(row["candidate_id"], {})[row["judge"]] = total / sum(spec.rubric.weights)
    return found


def _weighted(spec: Spec, values: list[float]) -> Iterator[tuple[float, float]]:
    return zip(spec.rubric.weights, values, strict=True)
