"""Evaluates the checks of core on what the lake holds now; the asset checks and `tipbench check` both ask here."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from core import checks
from core.blinding import leaks, telling_names
from core.checks import CheckResult
from core.grid import expected
from core.spec import Spec
from resources.computing import compute
from resources.house import House
from resources.judging.items import Items
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.journal import read_index
from resources.lake.leaderboards import read_published
from resources.lake.specs import journal_path, pinned_spec

if TYPE_CHECKING:
    import pandas as pd


def complete(house: House, name: str) -> CheckResult:
    """Whether every expected generation has a final outcome."""
    spec = pinned_spec(house.home, name)
    manifest = candidates(house.home, name).manifest()
    rows = manifest.rows if manifest else 0
    if spec.source == "adopt":
        return checks.complete(rows, rows, 0)
    index = read_index(journal_path(house.home, name))
    return checks.complete(expected(spec), rows, len(index.places.keys() - index.final))


def unique(house: House, name: str) -> CheckResult:
    """Whether no (cell, scenario, tip_index) occurs twice."""
    table = _tips(house, name, ["cell", "scenario", "tip_index"])
    return checks.unique(zip(*(table[column].to_pylist() for column in table.column_names), strict=True))


def blank_tips(house: House, name: str) -> CheckResult:
    """Whether few answers of a cell are blank after cuts."""
    spec, table = pinned_spec(house.home, name), _tips(house, name, ["cell", "outcome", "raw", "error"])
    blank = pc.and_(_is(table["outcome"], "failed"), pc.is_valid(table["raw"]))
    bad, total = _count(table.filter(blank)["cell"]), _count(table["cell"])
    return checks.blank_tips({_label(spec, cell): (bad.get(cell, 0), count) for cell, count in total.items()})


def identical_tips(house: House, name: str) -> CheckResult:
    """Whether few tips of a cell repeat another one of it."""
    spec, table = pinned_spec(house.home, name), _tips(house, name, ["cell", "outcome", "text"])
    by_cell: dict[str, list[str]] = {}
    for row in table.filter(_is(table["outcome"], "text")).select(["cell", "text"]).to_pylist():
        by_cell.setdefault(_label(spec, row["cell"]), []).append(row["text"])
    return checks.identical_tips(by_cell)


def hidden_names(house: House, name: str) -> CheckResult:
    """Whether no tip names its model or prompt; flagged to the admin, never to a judge."""
    spec, table = pinned_spec(house.home, name), _tips(house, name, ["cell", "candidate_id", "outcome", "text"])
    names = {cell: telling_names([model], [prompt]) for cell, (model, prompt) in enumerate(spec.cell_names())}
    rows = table.filter(_is(table["outcome"], "text")).select(["cell", "candidate_id", "text"]).to_pylist()
    found = {row["candidate_id"]: leaks(row["text"], names[row["cell"]]) for row in rows}
    return checks.hidden_names({candidate: told for candidate, told in found.items() if told})


def traceable(house: House, name: str) -> CheckResult:
    """Whether every answer points at an item of its judge and at a candidate."""
    spec = pinned_spec(house.home, name)
    scores, items = Scores(house.home, name, spec.rubric).current(), Items(house.home, name).table()
    known = pc.binary_join_element_wise(items["item"], items["candidate_id"], items["judge"].cast("string"), "|")
    given = pc.binary_join_element_wise(scores["item"], scores["candidate_id"], scores["judge"].cast("string"), "|")
    own = _tips(house, name, ["candidate_id"])["candidate_id"].combine_chunks()
    fine = pc.and_(pc.is_in(given, value_set=known.combine_chunks()), pc.is_in(scores["candidate_id"], value_set=own))
    return checks.traceable(len(scores), scores.filter(pc.invert(fine))["item"].to_pylist())


def recomputed(house: House, name: str) -> CheckResult:
    """Whether the published leaderboard, its Parquet included, is what the scores give now."""
    spec, published = pinned_spec(house.home, name), read_published(house.home, name)
    if published is None:
        return CheckResult("recomputed", passed=False, severity="error", message="no leaderboard is published yet")
    again: list[dict[str, Any]] = msgspec.to_builtins(compute(house, spec).rows)
    return checks.recomputed(msgspec.to_builtins(published.rows), again)


def coverage(house: House, name: str) -> CheckResult:
    """Whether judges have scored 90 % of every cell that has tips."""
    published = read_published(house.home, name)
    rows = published.rows if published else []
    return checks.coverage(
        {f"{row.model}/{row.prompt}": row.coverage for row in rows if row.n_scored + row.n_pending + row.n_unscorable}
    )


ALL: tuple[Callable[[House, str], CheckResult], ...] = (
    complete,
    unique,
    blank_tips,
    identical_tips,
    hidden_names,
    traceable,
    recomputed,
    coverage,
)


def run_checks(house: House, name: str) -> list[CheckResult]:
    """Every check, in the order of the graph."""
    return [check(house, name) for check in ALL]


def checks_frame(house: House, name: str) -> "pd.DataFrame":
    """`run_checks` as a table for notebooks."""
    import pandas as pd

    return pd.DataFrame(
        [msgspec.to_builtins(result) for result in run_checks(house, name)], columns=CheckResult.__struct_fields__
    )


def _tips(house: House, name: str, columns: list[str]) -> pa.Table:
    return candidates(house.home, name).table(columns)


def _is(column: pa.ChunkedArray, value: str) -> pa.ChunkedArray:
    return pc.equal(column.cast(pa.string()), value)


def _count(cells: pa.ChunkedArray) -> dict[int, int]:
    return {entry["values"].as_py(): entry["counts"].as_py() for entry in cells.value_counts()}


def _label(spec: Spec, cell: int) -> str:
    return "/".join(spec.cell_names()[cell])
