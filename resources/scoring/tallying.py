"""Counts what an experiment's candidates and scores hold, by DuckDB from file to arrays, into core's tally."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from core.estimate.design import Floats, Ints
from core.judging.rubric import Rubric
from core.scoring.leaderboard import CellCosts
from core.scoring.tally import Tally
from resources.home import Home
from resources.judging.scores import Scores
from resources.scoring.criterion_sql import in_units_sql, verdicts_sql
from resources.scoring.engine import candidates_engine, scores_engine

if TYPE_CHECKING:
    import duckdb

Slice = Literal["area", "locale"]
SLICES: tuple[Slice, ...] = ("area", "locale")
Costs = dict[tuple[Slice | None, str | None, int], CellCosts]
"""By (slice, its value, cell): the slice is None for the whole cell, its value for scenarios that have none."""


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

    def cells_by_kind(self) -> dict[str, set[int]]:
        """Return for each kind of judge the cells in which it has scored anything."""
        found: dict[str, set[int]] = {}
        for code, kind in enumerate(self.judges.values()):
            counts = np.bincount(self.cell[self.judge == code], self.scored[self.judge == code])
            found.setdefault(kind, set()).update(np.flatnonzero(counts).tolist())
        return found


def answers_of(home: Home, spec: Spec) -> Answers:
    """Return what every judge gave, by the answers in force."""
    kinds = {source.judge: source.kind for source in Scores(home, spec.experiment, spec.rubric).sources()}
    with scores_engine(home, spec) as connection:
        rows = _arrays(connection, _answers_sql(spec.rubric))
    sums = [np.ma.filled(rows[f"sum_{number}"], 0.0) for number in range(len(spec.rubric.averaged))]
    return Answers(
        judges=dict(sorted(kinds.items())),
        cell=rows["cell"].astype(np.int64),
        scenario=rows["scenario"].astype(np.int64),
        judge=rows["code"].astype(np.int64),
        scored=rows["scored"],
        unscorable=rows["unscorable"],
        sums=np.column_stack(sums).astype(np.float64),
    )


def generations_of(home: Home, spec: Spec) -> dict[str, Ints]:
    """Return counts of generations by (K cells, G scenarios), under the names that a tally has for them."""
    with candidates_engine(home, spec) as connection:
        rows = _arrays(connection, _GENERATIONS)
    shape = (len(spec.cells), len(spec.scenarios))
    return {name: _dense(rows["cell"], rows["scenario"], rows[name], shape) for name in _COUNTS}


def gates_of(home: Home, spec: Spec, judges: Sequence[str]) -> Floats | None:
    """Return the verdicts (Q gates, K cells, G scenarios) of these judges, nan where none says; None without a gate."""
    gates = spec.rubric.gates
    if not gates:
        return None
    with scores_engine(home, spec) as connection:
        found = _arrays(connection, verdicts_sql(gates), {"judges": list(judges)})
    verdicts = np.full((len(gates), len(spec.cells), len(spec.scenarios)), np.nan)
    for place in range(len(gates)):
        verdicts[place, found["cell"], found["scenario"]] = np.ma.filled(found[f"gate_{place}"].astype(float), np.nan)
    return verdicts


def tally_of(
    answers: Answers, generations: dict[str, Ints], judges: Sequence[str], gates: Floats | None = None
) -> Tally:
    """Return the tally of these judges, who are numbered in this order, with what `gates_of` has of them."""
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
        **generations,
    )


def costs_of(home: Home, spec: Spec) -> Costs:
    """Return length (words), tokens, USD per 1,000 tips and latency (ms) of every cell, whole and by slice."""
    with candidates_engine(home, spec) as connection:
        table: pa.Table = connection.sql(_COSTS).to_arrow_table()
    found: Costs = {}
    for row in table.to_pylist():
        slice_: Slice | None = next((name for name in SLICES if row[f"by_{name}"]), None)
        costs = CellCosts(**{name: row[name] for name in _COST_COLUMNS})
        found[slice_, row[slice_] if slice_ else None, row["cell"]] = costs
    return found


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


def _answers_sql(rubric: Rubric) -> str:
    columns = [f"sum({in_units_sql(rubric, each)}) as sum_{number}" for number, each in enumerate(rubric.averaged)]
    return f"""
        select c.cell, c.scenario, j.code, count(*) - count(s.unscorable) as scored, count(s.unscorable) as unscorable,
               {", ".join(columns)}
        from scores s join candidates c using (candidate_id) join judges j on s.judge = j.judge
        group by all order by c.scenario, c.cell, j.code
    """  # noqa: S608  # criterion names are validated to hold no quote


_COUNTS = ("texts", "failed", "refused", "misconfigured", "cut_off")
_GENERATIONS = """
    select cell, scenario, count(*) filter (outcome = 'text') as texts, count(*) filter (outcome = 'failed') as failed,
           count(*) filter (outcome = 'refused') as refused,
           count(*) filter (outcome = 'misconfigured') as misconfigured, count(*) filter (cut_off) as cut_off
    from candidates group by all
"""

_COST_COLUMNS = ("mean_length", "tokens", "cost_per_1k", "latency_p50_ms", "latency_p95_ms")
_COSTS = r"""
    select cell, area, locale, grouping(area) = 0 as by_area, grouping(locale) = 0 as by_locale,
           avg(case when regexp_matches(text, '^$|^\s|\s$|\s\s|[\t\n\f\r]') then len(regexp_extract_all(text, '\S+'))
                    else strlen(text) - strlen(replace(text, ' ', '')) + 1 end) as mean_length,
           avg(tokens_out)::double as tokens,
           avg(cost) * 1000 as cost_per_1k,
           quantile_cont(latency_ms, 0.5) as latency_p50_ms,
           quantile_cont(latency_ms, 0.95) as latency_p95_ms
    from candidates group by grouping sets ((cell), (cell, area), (cell, locale))
"""
"""Words of plain text are its blanks and one: a regular expression takes ten times as long."""
