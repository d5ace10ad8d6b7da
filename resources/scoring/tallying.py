"""Counts what an experiment's candidates and scores hold, by DuckDB from file to arrays, into core's tally."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from core.benchmark.spec import Spec
from core.dataset_columns import CANDIDATES, criterion_column
from core.judging.rubric import Rubric
from core.scoring.leaderboard import CellCosts
from core.scoring.tally import Tally
from resources.home import Home
from resources.lake.broken import reading
from resources.lake.candidates import candidates

if TYPE_CHECKING:
    import duckdb

Slice = Literal["area", "locale"]


def tally_of(home: Home, spec: Spec, scores: pa.Table, judges: Sequence[str]) -> Tally:
    """Return the tally of `judges` over `scores`, the answers in force."""
    with _engine(home, spec, scores) as connection:
        rows = _arrays(connection, _scored_sql(spec.rubric), [list(judges)])
        tips = _arrays(connection, _TIPS)
        unscorable = _arrays(connection, _UNSCORABLE, [list(judges)])
    shape = (len(spec.cells), len(spec.scenarios))
    place = {judge: number for number, judge in enumerate(judges)}
    criteria = [rows[f"sum_{number}"] for number in range(len(spec.rubric.names))]
    return Tally(
        cell=rows["cell"].astype(np.int64),
        scenario=rows["scenario"].astype(np.int64),
        judge=np.array([place[judge] for judge in rows["judge"]], np.int64),
        scored=rows["n"].astype(np.int64),
        sums=np.column_stack(criteria).astype(np.float64).reshape(-1, len(criteria)),
        unscorable=_dense(unscorable, "n", shape),
        texts=_dense(tips, "texts", shape),
        failed=_dense(tips, "failed", shape),
        refused=_dense(tips, "refused", shape),
        misconfigured=_dense(tips, "misconfigured", shape),
        cut_off=_dense(tips, "cut_off", shape),
        judges=tuple(judges),
    )


def costs_of(home: Home, spec: Spec, slice_: Slice | None = None) -> dict[tuple[str | None, int], CellCosts]:
    """Return length (words), tokens, USD per 1,000 tips and latency (ms) by (slice value, cell).

    The slice value is None without `slice_`, and for scenarios that have none.
    """
    with _engine(home, spec, None) as connection:
        value = slice_ or "null::varchar"
        table: pa.Table = connection.sql(_COSTS.format(value=value)).to_arrow_table()
    found = table.to_pylist()
    return {(row["value"], row["cell"]): CellCosts(**{name: row[name] for name in _COST_COLUMNS}) for row in found}


def scored_cells(home: Home, spec: Spec, scores: pa.Table) -> dict[str, set[int]]:
    """Return for each kind of judge the cells in which it has scored anything."""
    with _engine(home, spec, scores) as connection:
        rows = connection.execute(_KINDS).fetchall()
    found: dict[str, set[int]] = {}
    for kind, cell in rows:
        found.setdefault(kind, set()).add(cell)
    return found


@contextmanager
def _engine(home: Home, spec: Spec, scores: pa.Table | None) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Yield an engine that sees `candidates` and, if given, `scores`; raise LakeBroken for a damaged file."""
    import duckdb

    path = candidates(home, spec.experiment).path()
    with reading(path or home.root, duckdb.IOException, duckdb.InvalidInputException), duckdb.connect() as connection:
        if path is None:
            connection.register("candidates", CANDIDATES.empty_table())
        else:
            connection.execute(f"create view candidates as select * from read_parquet({_quoted(str(path))})")  # noqa: S608 - a view takes no parameters; quoted
        if scores is not None:
            connection.register("scores", scores)
        yield connection


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _arrays(
    connection: "duckdb.DuckDBPyConnection", query: str, values: list[Any] | None = None
) -> dict[str, "np.ndarray[Any, Any]"]:
    return {name: np.asarray(column) for name, column in connection.execute(query, values or []).fetchnumpy().items()}


def _dense(rows: dict[str, "np.ndarray[Any, Any]"], name: str, shape: tuple[int, int]) -> "np.ndarray[Any, Any]":
    found = np.zeros(shape, np.int64)
    found[rows["cell"], rows["scenario"]] = rows[name]
    return found


def _scored_sql(rubric: Rubric) -> str:
    columns = [f'sum(s."{criterion_column(name)}") as sum_{number}' for number, name in enumerate(rubric.names)]
    return f"""
        select c.cell, c.scenario, s.judge::varchar as judge, count(*) as n, {", ".join(columns)}
        from scores s join candidates c using (candidate_id)
        where s.unscorable is null and list_contains(?, s.judge::varchar)
        group by all order by c.cell, c.scenario, judge
    """  # noqa: S608  # criterion names are validated to hold no quote


_UNSCORABLE = """
    select c.cell, c.scenario, count(*) as n from scores s join candidates c using (candidate_id)
    where s.unscorable is not null and list_contains(?, s.judge::varchar) group by all
"""

_TIPS = """
    select cell, scenario, count(*) filter (outcome = 'text') as texts, count(*) filter (outcome = 'failed') as failed,
           count(*) filter (outcome = 'refused') as refused,
           count(*) filter (outcome = 'misconfigured') as misconfigured, count(*) filter (cut_off) as cut_off
    from candidates group by all
"""

_KINDS = """
    select distinct s.kind::varchar, c.cell from scores s join candidates c using (candidate_id)
    where s.unscorable is null
"""

_COST_COLUMNS = ("mean_length", "tokens", "cost_per_1k", "latency_p50_ms", "latency_p95_ms")
_COSTS = """
    select {value} as value, cell,
           avg(len(regexp_extract_all(text, '\\S+'))) as mean_length,
           avg(tokens_out)::double as tokens,
           avg(cost) * 1000 as cost_per_1k,
           quantile_cont(latency_ms, 0.5) as latency_p50_ms,
           quantile_cont(latency_ms, 0.95) as latency_p95_ms
    from candidates group by all
"""
