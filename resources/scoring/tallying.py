"""Counts what an experiment's candidates and scores hold, from file to arrays, into core's tally."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from core.dataset_columns import criterion_column
from core.estimate.crowded import Flags
from core.estimate.design import Floats, Ints
from core.judging.rubric import Criterion, Rubric
from core.scoring.tally import Tally
from resources.home import Home
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.scoring.engine import scores_engine, verdicts_sql

if TYPE_CHECKING:
    import duckdb

SPARSE, SMALL = 4, 1 << 20
"""Up to so many places a row, and so many rows more, groups are counted in an array of all places."""


@dataclass(frozen=True)
class Answers:
    """What every judge gave: N rows in the order of scenario, cell, judge; `judges` has their kinds, in code order.

    `sums` (N, C) adds the values of each criterion but gates, in rubric units, over `scored` (N) tips; `unscorable` (N)
    counts the others.
    """

    judges: dict[str, JudgeKind]
    cell: Ints
    scenario: Ints
    judge: Ints
    scored: Ints
    unscorable: Ints
    sums: Floats

    def by_judge(self) -> dict[str, int]:
        """Return how many tips each judge has answered."""
        counts = np.bincount(self.judge, self.scored + self.unscorable, len(self.judges))
        return {judge: int(count) for judge, count in zip(self.judges, counts, strict=True)}

    def cells_by_kind(self) -> dict[JudgeKind, set[int]]:
        """Return for each kind of judge the cells in which it has scored anything."""
        found: dict[JudgeKind, set[int]] = {}
        for code, kind in enumerate(self.judges.values()):
            counts = np.bincount(self.cell[self.judge == code], self.scored[self.judge == code])
            found.setdefault(kind, set()).update(np.flatnonzero(counts).tolist())
        return found


@dataclass(frozen=True)
class Given:
    """The answers in force, N of them, each with the tip that it is given to, out of T.

    `judges` has the judges' kinds in code order. `tip` (N) is a row of the candidates, `judge` (N) a judge's code;
    `values` (C, N) are the criteria but gates in rubric units, nan where there is none, and `unscorable` (N) says which
    are no score. `cell`, `scenario`, `tip_index` and `cut_off` (T) are the tips', `outcome` (T) codes of `outcomes`.
    """

    judges: dict[str, JudgeKind]
    tip: Ints
    judge: Ints
    values: Floats
    unscorable: Flags
    cell: Ints
    scenario: Ints
    tip_index: Ints
    cut_off: Flags
    outcome: Ints
    outcomes: tuple[str, ...]


def given_of(home: Home, spec: Spec) -> Given:
    """Return the answers in force and all tips, by one look at the files; raise LakeBroken for a damaged one."""
    tips = candidates(home, spec.experiment).table(["candidate_id", "outcome", *_OF_A_TIP])
    dataset = Scores(home, spec.experiment, spec.rubric)
    kinds = {source.judge: source.kind for source in dataset.sources()}
    judges = dict(sorted(kinds.items()))
    columns = {criterion_column(each.name): each for each in spec.rubric.averaged}
    answers = dataset.in_force(["candidate_id", "judge", "unscorable", *columns])
    row = pc.index_in(answers["candidate_id"], value_set=tips["candidate_id"].combine_chunks())
    tip = pc.fill_null(row, -1).to_numpy()
    names, judge = _coded(answers["judge"])
    outcomes, outcome = _coded(tips["outcome"])
    own = slice(None) if (tip >= 0).all() else tip >= 0  # nothing is copied where every answer is to a tip
    code = {name: number for number, name in enumerate(judges)}
    return Given(
        judges=judges,
        tip=tip[own],
        judge=np.array([code[name] for name in names], np.int64)[judge[own]],
        values=np.array(
            [_in_units(spec.rubric, each, answers[name].to_numpy()[own]) for name, each in columns.items()]
        ),
        unscorable=pc.is_valid(answers["unscorable"]).to_numpy()[own],
        cut_off=pc.fill_null(tips["cut_off"], False).to_numpy(),  # pyarrow's signature
        outcome=outcome,
        outcomes=tuple(outcomes),
        **{name: tips[name].to_numpy() for name in ("cell", "scenario", "tip_index")},
    )


def answers_of(given: Given, spec: Spec) -> Answers:
    """Return what every judge gave, by the answers in force."""
    n_cells, n_judges = len(spec.cells), max(1, len(given.judges))
    code = (given.scenario.astype(np.int64) * n_cells + given.cell)[given.tip] * n_judges + given.judge
    groups = _Groups(code, len(spec.scenarios) * n_cells * n_judges)
    rest, judge = np.divmod(groups.codes, n_judges)
    scenario, cell = np.divmod(rest, n_cells)
    unscorable = groups.sums(given.unscorable).astype(np.int64)
    return Answers(
        judges=given.judges,
        cell=cell,
        scenario=scenario,
        judge=judge,
        scored=groups.counts - unscorable,
        unscorable=unscorable,
        sums=np.column_stack([groups.sums(np.nan_to_num(values)) for values in given.values]),
    )


def generations_of(given: Given, spec: Spec) -> dict[str, Ints]:
    """Return counts of generations by (K cells, G scenarios), under the names that a tally has for them."""
    shape = (len(spec.cells), len(spec.scenarios))
    place = given.cell.astype(np.int64) * shape[1] + given.scenario
    which = {outcome: given.outcome == code for code, outcome in enumerate(given.outcomes)} | {"cut_off": given.cut_off}
    nothing = np.zeros(len(place), bool)
    return {
        name: np.bincount(place[which.get(outcome, nothing)], minlength=shape[0] * shape[1]).reshape(shape)
        for name, outcome in _COUNTS.items()
    }


class _Groups:
    """N rows by their codes from 0 to `size` - 1: the `codes` that occur, in order, and how many rows have each."""

    def __init__(self, code: Ints, size: int) -> None:
        if size <= SPARSE * (len(code) + SMALL):  # in places of their own, which needs no order
            self._at, self._length, whole = code, size, np.bincount(code, minlength=size)
            self.codes = np.flatnonzero(whole)
            self._occurs = self.codes if len(self.codes) < size else slice(None)
            self.counts = whole[self._occurs]
        else:
            self.codes, self._at, self.counts = np.unique(code, return_inverse=True, return_counts=True)
            self._length, self._occurs = len(self.codes), slice(None)

    def sums(self, values: "np.ndarray[Any, Any]") -> Floats:
        """Return the sum of the values (N) of each code that occurs, added in the order of the rows."""
        return np.asarray(np.bincount(self._at, values, self._length)[self._occurs])


def _coded(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """Return the values that a column without nulls has, and the code of each row."""
    whole = column.unify_dictionaries().combine_chunks()
    return whole.dictionary.to_pylist(), whole.indices.to_numpy()


def _in_units(rubric: Rubric, criterion: Criterion, values: Floats) -> Floats:
    """Return a criterion's values in rubric units, in which yes is the scale's high and no its low."""
    if criterion.scale is None:
        return values
    return float(rubric.scale.low) + float(rubric.scale.high - rubric.scale.low) * values


def gates_of(home: Home, spec: Spec, judges: Sequence[str]) -> Floats | None:
    """Return the verdicts (Q gates, K cells, G scenarios) of these judges, nan where none says; None without a gate.

    What was said of a scenario that has not what a gate needs, for it was not to be asked, says nothing.
    """
    gates = spec.rubric.gates
    if not gates:
        return None
    with scores_engine(home, spec) as connection:
        found = _arrays(connection, verdicts_sql(gates), {"judges": list(judges)})
    verdicts = np.full((len(gates), len(spec.cells), len(spec.scenarios)), np.nan)
    for place in range(len(gates)):
        verdicts[place, found["cell"], found["scenario"]] = np.ma.filled(found[f"gate_{place}"].astype(float), np.nan)
    without = [not scenario.has_must_not for scenario in spec.scenarios]
    verdicts[np.ix_([name in spec.rubric.conditional for name in gates], [True] * len(spec.cells), without)] = np.nan
    return verdicts


def tally_of(
    answers: Answers,
    generations: dict[str, Ints],
    judges: Sequence[str],
    gates: Floats | None = None,
    without_score: Ints | None = None,
    within_items: Floats | None = None,
) -> Tally:
    """Return the tally of these judges, who are numbered in this order, with what `gates_of` has of them.

    `without_score` counts, by cell and scenario, the pairs that they could not score; `within_items` is as in Tally.
    """
    number = {judge: place for place, judge in enumerate(judges)}
    place = np.array([number.get(judge, -1) for judge in answers.judges], np.int64)
    judge = place[answers.judge]
    scored, unscorable = (judge >= 0) & (answers.scored > 0), (judge >= 0) & (answers.unscorable > 0)
    rows = slice(None) if scored.all() else scored  # nothing is copied where every row counts
    return Tally(
        cell=answers.cell[rows],
        scenario=answers.scenario[rows],
        judge=judge[rows],
        scored=answers.scored[rows],
        sums=answers.sums[rows],
        unscorable=_dense(
            answers.cell[unscorable],
            answers.scenario[unscorable],
            answers.unscorable[unscorable],
            generations["texts"].shape,
        ),
        judges=tuple(judges),
        gates=gates,
        without_score=without_score,
        within_items=within_items,
        **generations,
    )


def _arrays(
    connection: "duckdb.DuckDBPyConnection", query: str, parameters: dict[str, Any] | None = None
) -> dict[str, "np.ndarray[Any, Any]"]:
    found = connection.execute(query, parameters).fetchnumpy()
    return {name: np.asanyarray(column) for name, column in found.items()}


def _dense(cell: Ints, scenario: Ints, counts: Ints, shape: tuple[int, ...]) -> Ints:
    """Return the sums of the counts by (cell, scenario)."""
    found = np.zeros(shape, np.int64)
    np.add.at(found, (cell, scenario), counts)
    return found


_OF_A_TIP = ("cell", "scenario", "tip_index", "cut_off")
_COUNTS = {
    "texts": "text",
    "failed": "failed",
    "refused": "refused",
    "misconfigured": "misconfigured",
    "cut_off": "cut_off",
}
"""The outcome that each count of a tally is of; of texts some are cut off."""
