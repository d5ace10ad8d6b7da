"""A dataset that grows by Parquet parts, listed by a manifest whose one put publishes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import Fence, Storage
from resources.lake.broken import LakeBroken, place_of, read_value, reading
from resources.lake.datasets import rows_where, whole_part, written_as
from resources.storage.files import pretty

Entry = TypeVar("Entry", bound=msgspec.Struct)


class ParquetParts(Generic[Entry]):
    """Datasets `folder/part-NAME.parquet` and a value `folder/manifest.json` with a list of entries of one type."""

    def __init__(self, storage: Storage, folder: str, entry: type[Entry]) -> None:
        self._blobs, self._datasets = storage.blobs, storage.datasets
        self._folder, self._manifest, self._entry = folder, f"{folder}/manifest.json", entry

    def entries(self) -> list[Entry]:
        """Return the manifest's entries in order; empty before the first publication.

        Raise LakeBroken where there are parts and no manifest: who took that for no publication would lose them.
        """
        found = read_value(self._blobs, self._manifest, list[self._entry])  # type: ignore[name-defined]  # the type is a value here
        if found is None and any(name.endswith(".parquet") for name in self._blobs.list(self._folder)):
            raise LakeBroken(
                f"{place_of(Path(self._manifest))} is missing, though there are parts: restore it from a backup, or "
                "delete them if nothing was ever published"
            )
        return found or []

    def key(self, file: str) -> str:
        """Return the key of a part."""
        return f"{self._folder}/{file}"

    def read(self, file: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return one part, all of it or these columns; raise LakeBroken if it is damaged or missing."""
        return whole_part(self._datasets, self.key(file), columns)

    def where(self, file: str, column: str, value: str) -> pa.Table:
        """Return the rows of one part in which a column has a value; raise LakeBroken as `read` does."""
        with reading(self.key(file), FileNotFoundError):
            return rows_where(self._datasets.locator(self.key(file)), column, value)

    def write(self, name: str, table: pa.Table, fence: Fence | None = None) -> str:
        """Write a part that no manifest names yet and return its file name; raise StaleFence or LakeBroken.

        The first one has an empty manifest before it, so that a manifest that is lost can be told from none.
        """
        if self._blobs.size(self._manifest) is None:
            self._blobs.put_if_absent(self._manifest, pretty(self.entries()), fence)
        file = f"part-{name}.parquet"
        encoded = {"compression": "zstd", "compression_level": 1, **written_as(table.schema)}
        self._datasets.create(self._folder, lambda _: file, lambda sink: pq.write_table(table, sink, **encoded), fence)
        return file

    def switch(self, entries: Sequence[Entry], files: Sequence[str], fence: Fence | None = None) -> None:
        """Publish `entries`; parts that `files` does not name are deleted after the switch. Raise StaleFence."""
        self._blobs.put(self._manifest, pretty(list(entries)), fence)
        self.drop_unnamed(files, fence)

    def unnamed(self, files: Sequence[str]) -> list[str]:
        """Return the parts that `files` does not name."""
        named = set(files)
        return [name for name in self._blobs.list(self._folder) if name.endswith(".parquet") and name not in named]

    def drop_unnamed(self, files: Sequence[str], fence: Fence | None = None) -> None:
        """Delete the parts that `files` does not name; raise StaleFence."""
        for name in self.unnamed(files):
            self._blobs.delete(self.key(name), fence)
