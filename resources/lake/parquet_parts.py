"""A dataset that grows by Parquet parts, listed by a manifest whose one put publishes them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import Locator, Storage
from resources.lake.broken import read_value, reading
from resources.storage.files import pretty

if TYPE_CHECKING:
    import duckdb

Entry = TypeVar("Entry", bound=msgspec.Struct)


class ParquetParts(Generic[Entry]):
    """Datasets `folder/part-NAME.parquet` and a value `folder/manifest.json` with a list of entries of one type."""

    def __init__(self, storage: Storage, folder: str, entry: type[Entry]) -> None:
        self._blobs, self._datasets = storage.blobs, storage.datasets
        self._folder, self._entry = folder, entry

    def entries(self) -> list[Entry]:
        """Return the manifest's entries in order; empty before the first publication."""
        return read_value(self._blobs, f"{self._folder}/manifest.json", list[self._entry]) or []  # type: ignore[name-defined]  # the type is a value here

    def key(self, file: str) -> str:
        """Return the key of a part."""
        return f"{self._folder}/{file}"

    def read(self, file: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return one part, all of it or these columns; raise LakeBroken if it is damaged or missing."""
        with reading(Path(self.key(file)), FileNotFoundError, KeyError):
            return read_dataset(self._datasets.locator(self.key(file)), columns)

    def where(self, file: str, column: str, value: str) -> pa.Table:
        """Return the rows of one part in which a column has a value; raise LakeBroken as `read` does."""
        with reading(Path(self.key(file)), FileNotFoundError):
            return pq.read_table(_source(self._datasets.locator(self.key(file))), filters=[(column, "=", value)])

    def write(self, name: str, table: pa.Table) -> str:
        """Write a part that no manifest names yet and return its file name."""
        file = f"part-{name}.parquet"
        coded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
        self._datasets.create(
            self._folder,
            lambda _: file,
            lambda sink: pq.write_table(table, sink, compression="zstd", compression_level=1, use_dictionary=coded),
        )
        return file

    def switch(self, entries: Sequence[Entry], files: Sequence[str]) -> None:
        """Publish `entries`; parts that `files` does not name are deleted after the switch."""
        self._blobs.put(f"{self._folder}/manifest.json", pretty(list(entries)))
        named = {*files, "manifest.json"}
        for name in self._blobs.list(self._folder):
            if name.endswith(".parquet") and name not in named:
                self._blobs.delete(self.key(name))


def read_dataset(locator: Locator, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a dataset, all of it or these columns in this order; raise FileNotFoundError if there is none.

    Raise KeyError without one of the columns. One thread reads, without pyarrow's own datasets: these take twice the
    time for a file of many small row groups.
    """
    with pq.ParquetFile(_source(locator)) as file:
        found = file.read(columns=columns, use_threads=False)
    return found if columns is None else found.select(columns)


def _source(locator: Locator) -> str | pa.BufferReader:
    if locator.data is None:
        return locator.uri
    if not locator.data:
        raise FileNotFoundError(locator.uri)
    return pa.BufferReader(locator.data)


def engine_view(connection: "duckdb.DuckDBPyConnection", locators: Sequence[Locator]) -> "duckdb.DuckDBPyRelation":
    """Return these datasets as one relation of the engine, which reads from them what a query asks for."""
    if all(locator.data is None for locator in locators):
        return connection.read_parquet([locator.uri for locator in locators])
    return connection.from_arrow(pa.concat_tables([read_dataset(each) for each in locators]).unify_dictionaries())


@contextmanager
def reading_datasets(locators: Sequence[Locator], *errors: type[Exception]) -> Iterator[None]:
    """Raise LakeBroken of the first of these datasets that cannot be read, where an engine raises `errors`.

    They pass if all can be read: the fault lies elsewhere.
    """
    try:
        yield
    except errors:
        for locator in locators:
            with reading(Path(locator.uri), FileNotFoundError, IsADirectoryError):
                read_dataset(locator)
        raise
