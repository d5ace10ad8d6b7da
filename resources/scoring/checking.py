"""Evaluates the checks of core on what the lake holds now, for the asset checks and `tipbench check` alike."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.benchmark.grid import expected, grid
from core.benchmark.records import slowed_models
from core.benchmark.spec import Spec
from core.estimate import ESTIMATOR_VERSION
from core.judging.blinding import identifying_names, leaks
from core.scoring import checks
from core.scoring.checks import CheckResult
from core.scoring.gates import Gates, check_cell, gate
from kit.cancellation import stop_if_cancelled
from resources.bench_context import BenchContext
from resources.judging.items import all_items
from resources.judging.model_judges.failures import judge_failures
from resources.judging.model_judges.waiting import judged
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.journal import OutcomeReader, journal_of, read_index
from resources.lake.leaderboards import PublishedLeaderboard, read_published
from resources.lake.specs import ExperimentState
from resources.scoring.computing import rows_again


def complete(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether every expected generation has a final outcome."""
    name = spec.experiment
    manifest = candidates(bench.home, name).manifest()
    rows = manifest.rows if manifest else 0
    if spec.source == "adopt" or bench.on_record(name).unpacked:
        return checks.complete(rows, rows, 0)
    journal = journal_of(bench.home, name)
    index = read_index(journal)
    left = {generation.key for generation in grid(spec)} - index.final
    misconfigured = len(left & index.misconfigured)
    answered = {index.places[key] for key in left if key in index.places}
    said = None
    if answered:
        with OutcomeReader(journal) as outcomes:
            said = outcomes.at(max(answered)).error
    return checks.complete(expected(spec), rows, len(answered) - misconfigured, misconfigured, said)


def unique(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether no (cell, scenario, tip_index) occurs twice."""
    table = _tips(bench, spec, ["cell", "scenario", "tip_index"])
    places = np.array([column.to_numpy() for column in table.columns])
    ordered = places[:, np.lexsort(places[::-1])]
    again = (ordered[:, 1:] == ordered[:, :-1]).all(axis=0)
    return checks.unique(map(tuple, places.T.tolist()) if again.any() else ())


def blank_tips(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether few answers of a cell are blank after cuts."""
    table = _tips(bench, spec, ["cell", "outcome", "raw", "error"])
    blank = pc.and_(_is(table["outcome"], "failed"), pc.is_valid(table["raw"]))
    bad, total = _count(table.filter(blank)["cell"]), _count(table["cell"])
    return checks.blank_tips({_label(spec, cell): (bad.get(cell, 0), count) for cell, count in total.items()})


def failures(bench: BenchContext, spec: Spec) -> CheckResult:
    """Return whether no cell failed for more than a share of its generations: `[checks] max_failures`, else a fifth."""
    limit = checks.FAILURE_SHARE if bench.gates.max_failures is None else bench.gates.max_failures
    found = checks.failures(_failed(bench, spec), limit)
    return msgspec.structs.replace(found, numbers={**found.numbers, "limit": limit})


def run_gates(bench: BenchContext, state: ExperimentState, gates: Gates) -> list[CheckResult]:
    """Return a result for each limit of `gates` that is set, on the leaderboard as it was published last.

    Raise UnknownCell if they name a cell that is none of the experiment.
    """
    spec = state.pinned()
    check_cell(gates, spec.cell_names())
    published = read_published(bench.home, state.name)
    failed = {cell: bad / total for cell, (bad, total) in _failed(bench, spec).items()}
    slowed = slowed_models(state.records)
    return gate(gates, published.rows if published else [], failed, slowed)


def _failed(bench: BenchContext, spec: Spec) -> dict[str, tuple[int, int]]:
    """Return by cell's name how many of its generations gave no text, and how many there are."""
    table = _tips(bench, spec, ["cell", "outcome"])
    bad, total = _count(table.filter(pc.invert(_is(table["outcome"], "text")))["cell"]), _count(table["cell"])
    return {_label(spec, cell): (bad.get(cell, 0), count) for cell, count in total.items()}


def cut_tips(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether few tips of a cell end where their model ran out of tokens."""
    table = _tips(bench, spec, ["cell", "outcome", "cut_off"])
    texts = table.filter(_is(table["outcome"], "text"))
    cut, total = _count(texts.filter(pc.fill_null(texts["cut_off"], False))["cell"]), _count(texts["cell"])
    return checks.cut_tips({_label(spec, cell): (cut.get(cell, 0), count) for cell, count in total.items()})


def identical_tips(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether few tips of a cell repeat another one of that cell; `template` draws its own from few sentences."""
    table = _tips(bench, spec, ["cell", "outcome", "text"])
    by_cell = _by_cell(table.filter(_is(table["outcome"], "text")))
    counted = {cell: own for cell, own in by_cell.items() if spec.models[spec.cells[cell][0]].provider != "template"}
    found = checks.identical_tips({_label(spec, cell): own["text"].to_pylist() for cell, own in counted.items()})
    if not any(model.provider == "template" for model in spec.models):
        return found
    return msgspec.structs.replace(found, message=f"{found.message}; template, made of few sentences, is not counted")


def hidden_names(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether no tip names its model or prompt; the result goes to the admin, never to a judge."""
    table = _tips(bench, spec, ["cell", "candidate_id", "outcome", "text"])
    names = {cell: identifying_names([model], [prompt]) for cell, (model, prompt) in enumerate(spec.cell_names())}
    found: dict[str, list[str]] = {}
    for cell, own in _by_cell(table.filter(_is(table["outcome"], "text"))).items():
        texts = own["text"].to_pylist()
        if leaks("\n".join(texts), names[cell]):  # most cells have none, which one look tells
            given = zip(own["candidate_id"].to_pylist(), texts, strict=True)
            found |= {candidate: leaks(text, names[cell]) for candidate, text in given}
    return checks.hidden_names({candidate: leaked for candidate, leaked in found.items() if leaked})


def traceable(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether every answer belongs to an item of its judge and to a candidate."""
    dataset, items = Scores(bench.home, spec.experiment, spec.rubric), all_items(bench.home, spec.experiment)
    tips = _tips(bench, spec, ["candidate_id"])["candidate_id"].combine_chunks()
    first, again = dataset.in_force(_GIVEN), dataset.repeats().select(_GIVEN)
    strays = [*sorted(_strays(first, items, tips)), *_strays(again, items, tips)]
    return checks.traceable(len(first) + len(again), strays)


_GIVEN = ["item", "candidate_id", "judge"]


def _strays(answers: pa.Table, items: pa.Table, tips: pa.Array) -> list[str]:
    """Return the items of answers to no tip, or to an item that is not of that tip and judge."""
    if not len(answers):
        return []
    fine = pc.is_in(answers["candidate_id"], value_set=tips)
    same = all(answers[name].equals(items[name]) for name in _GIVEN)
    if not same:  # as they are where each answer was written with its item, and compared in a tenth of the time
        given, known = (
            pc.binary_join_element_wise(*(table[name].cast(pa.string()) for name in _GIVEN), "|")
            for table in (answers, items)
        )
        fine = pc.and_(fine, pc.is_in(given, value_set=known.combine_chunks()))
    found: list[str] = answers.filter(pc.invert(fine))["item"].to_pylist()
    return found


def recomputed(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether the published leaderboard, as its file says it, is what the scores in the lake give now.

    All files are read again. Where every byte is what the board was just computed from in this process, nothing is
    counted and fitted a second time.
    """
    published = read_published(bench.home, spec.experiment)
    if published is None:
        return CheckResult("recomputed", passed=False, severity="error", message="no leaderboard is published yet")
    if published.estimator != ESTIMATOR_VERSION:
        return checks.other_estimator(published.estimator, ESTIMATOR_VERSION)
    again: list[dict[str, Any]] = msgspec.to_builtins(rows_again(bench, spec))
    return checks.recomputed(msgspec.to_builtins(published.rows), again)


def as_recomputed(unchanged: PublishedLeaderboard) -> CheckResult:
    """Return the result of `recomputed` for a leaderboard whose inputs and files are those that passed it before."""
    rows: list[dict[str, Any]] = msgspec.to_builtins(unchanged.rows)
    return checks.recomputed(rows, rows)


def coverage(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether judges have scored 90 % of every cell."""
    published = read_published(bench.home, spec.experiment)
    if published is None:
        return CheckResult("coverage", passed=False, severity="warning", message="no leaderboard is published yet")
    rows = published.rows
    return checks.coverage({f"{row.model}/{row.prompt}": row.coverage for row in rows})


class Check(NamedTuple):
    """One check of the asset graph: its asset, its function, and whether its failure ends the chain."""

    asset: str
    description: str
    evaluate: Callable[[BenchContext, Spec], CheckResult]
    blocking: bool = False


CHECKS: tuple[Check, ...] = (
    Check("candidates", "Every expected generation has a final outcome.", complete, blocking=True),
    Check("candidates", "No (cell, scenario, tip) occurs twice.", unique),
    Check("candidates", "Few generations of a cell failed.", failures),
    Check("candidates", "Few tips end where their model ran out of tokens.", cut_tips),
    Check("candidates", "Few answers are blank.", blank_tips),
    Check("candidates", "Few tips of a model's cell repeat another word for word.", identical_tips),
    Check("candidates", "No tip gives its model away.", hidden_names),
    Check("judge_scores", "Every score points at an item that was exported.", traceable),
    Check("judge_scores", "No model judge that comes first in the board is still at work.", judged, blocking=True),
    Check("judge_scores", "Model judges leave few tips without a score, and all cells' alike.", judge_failures),
    Check("leaderboards", "The numbers agree with a recomputation.", recomputed, blocking=True),
    Check("leaderboards", "Judges have scored 90 % of every cell.", coverage),
)
"""In the order of the graph; a check has the name of its function."""


def run_checks(bench: BenchContext, spec: Spec) -> list[CheckResult]:
    """Return the result of every check, in the order of the asset graph; raise Cancelled if nobody awaits it."""
    found = []
    for check in CHECKS:
        stop_if_cancelled()
        found.append(check.evaluate(bench, spec))
    return found


def _tips(bench: BenchContext, spec: Spec, columns: list[str]) -> pa.Table:
    return candidates(bench.home, spec.experiment).table(columns)


def _by_cell(tips: pa.Table) -> dict[int, pa.Table]:
    """Return the tips of each cell that has any; they are in grid order, a cell after the other."""
    cells = tips["cell"].to_numpy()
    starts = np.flatnonzero(np.diff(cells, prepend=-1)).tolist()
    ends = [*starts[1:], len(cells)] if starts else []
    return {int(cells[start]): tips.slice(start, end - start) for start, end in zip(starts, ends, strict=True)}


def _is(column: pa.ChunkedArray, value: str) -> pa.ChunkedArray:
    return pc.equal(column.cast(pa.string()), value)


def _count(cells: pa.ChunkedArray) -> dict[int, int]:
    return {entry["values"].as_py(): entry["counts"].as_py() for entry in cells.value_counts()}


def _label(spec: Spec, cell: int) -> str:
    return "/".join(spec.cell_names()[cell])
