"""DuckDB over an experiment's files: its candidates, and the answers in force to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from core.benchmark.spec import Spec
from core.dataset_columns import CANDIDATES
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
