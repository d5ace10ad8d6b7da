"""The candidates dataset: journaled outcomes and rows taken over, folded into one Parquet file in grid order."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.cut import cut
from core.grid import Generation, grid
from core.outcome import Outcome
from core.spec import Spec
from core.tables import CANDIDATES
from resources.home import Home
from resources.lake.journal import Index, OutcomeReader
from resources.lake.snapshot import Manifest, Snapshot
from resources.lake.specs import journal_path

ROW_GROUP = 2_000
_COPIED = ("raw", "finish", "tokens_in", "tokens_out", "latency_ms", "queue_ms", "cost", "attempts", "error")


def candidates(home: Home, name: str) -> Snapshot:
    """The experiment's candidates dataset."""
    return Snapshot(home.experiment(name) / "candidates", CANDIDATES)


def taken_over(home: Home, spec: Spec) -> dict[str, dict[str, Any]]:
    """Rows of the experiment that `spec` extends whose key is expected here too, by key."""
    if spec.extends is None:
        return {}
    wanted = pa.array([generation.key for generation in grid(spec)], pa.string())
    old = candidates(home, spec.extends).table()
    rows = old.filter(pc.is_in(old["candidate_id"], value_set=wanted)).to_pylist()
    return {row["candidate_id"]: row for row in rows}


def fold(home: Home, spec: Spec, index: Index, inherited: dict[str, dict[str, Any]]) -> Manifest:
    """Publish every final outcome so far; rows in flat memory, a row group of 2,000 at a time.

    The same journal gives the same bytes. The manifest's notes count the outcomes.
    """
    counts: dict[str, int] = {"text": 0, "refused": 0, "failed": 0}

    def write(writer: pq.ParquetWriter) -> None:
        with OutcomeReader(journal_path(home, spec.experiment)) as outcomes:
            rows = _rows(spec, index, outcomes, inherited)
            while group := list(islice(rows, ROW_GROUP)):
                for row in group:
                    counts[row["outcome"]] += 1
                writer.write_table(pa.Table.from_pylist(group, CANDIDATES))

    return candidates(home, spec.experiment).publish(write, counts)


def _rows(
    spec: Spec, index: Index, outcomes: OutcomeReader, inherited: dict[str, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for generation in grid(spec):
        if generation.key in inherited:
            origin = f"extends:{spec.extends}"
            yield {**inherited[generation.key], **_place(spec, generation), "origin": origin}
        elif generation.key in index.final:
            yield row_of(spec, generation, outcomes.at(index.places[generation.key]))


def row_of(spec: Spec, generation: Generation, outcome: Outcome) -> dict[str, Any]:
    """The candidate row of a final outcome; an answer that is blank after cuts is a failure that says so."""
    prompt = spec.prompts[spec.cells[generation.cell][1]]
    tip = cut(outcome.raw or "", prompt) if outcome.kind == "text" else None
    row = {name: getattr(outcome, name) for name in _COPIED}
    blank = outcome.kind == "text" and not tip
    return {
        **row,
        **_place(spec, generation),
        "candidate_id": generation.key,
        "outcome": "failed" if blank else outcome.kind,
        "text": tip or None,
        "error": "the answer is blank after cuts" if blank else outcome.error,
        "origin": "run",
    }


def _place(spec: Spec, generation: Generation) -> dict[str, Any]:
    model, prompt = spec.cells[generation.cell]
    scenario = spec.scenarios[generation.scenario]
    return {
        "cell": generation.cell,
        "model": spec.models[model].name,
        "prompt": spec.prompts[prompt].name,
        "scenario": generation.scenario,
        "scenario_id": scenario.id,
        "area": scenario.area,
        "locale": scenario.locale,
        "tip_index": generation.tip_index,
    }
