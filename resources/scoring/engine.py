"""DuckDB over an experiment's files: its candidates, the answers in force to them, and criteria as SQL over these."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from core.benchmark.spec import Spec
from core.dataset_columns import CANDIDATES, criterion_column
from core.judging.rubric import Criterion, Rubric
from resources.home import Home
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.datasets import ROW, engine_view, reading_datasets

if TYPE_CHECKING:
    import duckdb


@contextmanager
def candidates_engine(home: Home, spec: Spec) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Yield an engine that sees `candidates`, with `file_row_number` from 0; raise LakeBroken for a damaged file."""
    import duckdb

    tips = candidates(home, spec.experiment).locator()
    errors = duckdb.IOException, duckdb.InvalidInputException
    with reading_datasets([tips] if tips else [], *errors), duckdb.connect() as connection:
        if tips is None:
            connection.register("candidates", CANDIDATES.append(ROW).empty_table())
        else:
            engine_view(connection, [tips], numbered=True).create_view("candidates")
        yield connection


@contextmanager
def scores_engine(home: Home, spec: Spec) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Yield an engine that also sees the answers in force as `scores`, and the code of each judge in `judges`.

    Judges are coded 0, 1, … by name. Raise LakeBroken for a damaged file.
    """
    import duckdb

    scores = Scores(home, spec.experiment, spec.rubric)
    judges = sorted({source.judge for source in scores.sources()})
    errors = duckdb.IOException, duckdb.InvalidInputException
    locators = [home.storage.datasets.locator(key) for key in scores.dataset_keys()]
    with reading_datasets(locators, *errors), candidates_engine(home, spec) as connection:
        scores.view(connection)
        codes = pa.table({"judge": pa.array(judges, pa.string()), "code": pa.array(range(len(judges)), pa.int32())})
        connection.register("judges", codes)
        yield connection


def in_units_sql(rubric: Rubric, criterion: Criterion) -> str:
    """Return a criterion's value in rubric units, in which yes is the scale's high and no its low."""
    column = f's."{criterion_column(criterion.name)}"'
    if criterion.scale is None:
        return column
    low, span = float(rubric.scale.low), float(rubric.scale.high - rubric.scale.low)
    return f"({low!r}::double + {span!r}::double * {column})"


def verdicts_sql(gates: Sequence[str]) -> str:
    """Return a query of the verdicts on every cell and scenario, gate_0, gate_1, … by the judges of `$judges`.

    A tip passes where more than half of the judges who say something say yes; a scenario passes where all its scored
    tips do. Where nobody says anything the verdict is null.
    """
    tips = [f'(avg(s."{criterion_column(name)}") > 0.5)::int as gate_{place}' for place, name in enumerate(gates)]
    scenarios = [f"min(gate_{place}) as gate_{place}" for place in range(len(gates))]
    return f"""
        with tips as (
            select c.cell, c.scenario, c.candidate_id, {", ".join(tips)}
            from scores s join candidates c using (candidate_id)
            where list_contains($judges, s.judge::varchar) group by all
        )
        select cell, scenario, {", ".join(scenarios)} from tips group by all
    """  # noqa: S608  # criterion names are validated to hold no quote
