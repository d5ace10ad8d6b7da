"""Opens datasets by the locators of their store: in parts, as tables of Arrow, and as relations of DuckDB."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import DatasetStore, Locator
from resources.lake.broken import reading

if TYPE_CHECKING:
    import duckdb

ROW = pa.field("file_row_number", pa.int64())


def open_dataset(locator: Locator, metadata: pq.FileMetaData | None = None) -> pq.ParquetFile:
    """Return a dataset, to read in parts, where its store says that it is; raise FileNotFoundError if there is none.

    The caller closes it. Its `metadata` is not read again where it is given.
    """
    return pq.ParquetFile(_source(locator), metadata=metadata)


def read_dataset(locator: Locator, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a dataset, all of it or these columns in this order; raise FileNotFoundError if there is none.

    Raise KeyError without one of the columns. One thread reads, without pyarrow's own datasets: these take twice the
    time for a file of many small row groups.
    """
    with open_dataset(locator) as file:
        found = file.read(columns=columns, use_threads=False)
    return found if columns is None else found.select(columns)


def whole_part(store: DatasetStore, key: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a dataset as `read_dataset` does; raise LakeBroken if it is damaged or missing or lacks a column."""
    with reading(key, FileNotFoundError, KeyError):
        return read_dataset(store.locator(key), columns)


def written_as(schema: pa.Schema) -> dict[str, list[str]]:
    """Return how a dataset's columns are encoded, as options of a Parquet writer.

    Texts and line numbers hardly repeat, so that a dictionary of them would be made for nothing; and ids are random and
    texts long, so that their least and greatest let no reader skip anything.
    """
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    lines = [field.name for field in schema if pa.types.is_int64(field.type)]
    names = [name for name in schema.names if name not in texts]
    return {"use_dictionary": [name for name in names if name not in lines], "write_statistics": names}


def rows_where(locator: Locator, column: str, value: str) -> pa.Table:
    """Return the rows of a dataset in which a column has a value; raise FileNotFoundError if there is none."""
    return pq.read_table(_source(locator), filters=[(column, "=", value)])


def _source(locator: Locator) -> str | pa.BufferReader:
    if locator.data is None:
        return locator.uri
    if not locator.data:
        raise FileNotFoundError(locator.uri)
    return pa.BufferReader(locator.data)


def engine_view(
    connection: "duckdb.DuckDBPyConnection", locators: Sequence[Locator], *, numbered: bool = False
) -> "duckdb.DuckDBPyRelation":
    """Return these datasets as one relation of the engine, which reads from them what a query asks for.

    A `numbered` one has the number of each row within its dataset, from 0, as `file_row_number` besides.
    """
    if all(locator.data is None for locator in locators):
        return connection.read_parquet([locator.uri for locator in locators], file_row_number=numbered)
    tables = [read_dataset(each) for each in locators]
    if numbered:
        tables = [each.append_column(ROW, pa.array(range(each.num_rows), ROW.type)) for each in tables]
    return connection.from_arrow(pa.concat_tables(tables).unify_dictionaries())


def engine_source(connection: "duckdb.DuckDBPyConnection", locator: Locator) -> tuple[str, list[str]]:
    """Return what a query says behind FROM for a dataset, and the values of that; quicker than a view for one query.

    Where the store has no address for an engine, the connection sees the rows as `dataset` until the next call.
    """
    if locator.data is None:
        return "read_parquet(?)", [locator.uri]
    connection.register("dataset", read_dataset(locator))
    return "dataset", []


@contextmanager
def reading_datasets(locators: Sequence[Locator], *errors: type[Exception]) -> Iterator[None]:
    """Raise LakeBroken of the first of these datasets that cannot be read, where an engine raises `errors`.

    They pass if all can be read: the fault lies elsewhere.
    """
    try:
        yield
    except errors:
        for locator in locators:
            with reading(locator.uri, FileNotFoundError, IsADirectoryError):
                read_dataset(locator)
        raise
