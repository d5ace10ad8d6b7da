"""A dataset that grows by Parquet parts, listed by a manifest whose rename publishes them."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from resources.lake.broken import read_json, reading
from resources.storage.files import pretty, replacing, write_whole

Entry = TypeVar("Entry", bound=msgspec.Struct)


class ParquetParts(Generic[Entry]):
    """A dataset of `folder/part-NAME.parquet` files and a `folder/manifest.json` with a list of entries of one type."""

    def __init__(self, folder: Path, entry: type[Entry]) -> None:
        self.folder, self._entry = folder, entry

    def entries(self) -> list[Entry]:
        """Return the manifest's entries in order; empty before the first publication."""
        try:
            return read_json(self.folder / "manifest.json", list[self._entry])  # type: ignore[name-defined]  # the type is a value here
        except FileNotFoundError:
            return []

    def path(self, file: str) -> Path:
        """Return where one part lies."""
        return self.folder / file

    def read(self, file: str, **how: Any) -> pa.Table:
        """Return one part, as `pyarrow.parquet.read_table` reads it; raise LakeBroken if it is damaged or missing."""
        with reading(self.folder / file, FileNotFoundError):
            return pq.read_table(self.folder / file, **how)

    def write(self, name: str, table: pa.Table) -> str:
        """Write a part that no manifest names yet and return its file name."""
        file = f"part-{name}.parquet"
        with replacing(self.folder / file) as temporary:
            coded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
            pq.write_table(table, temporary, compression="zstd", compression_level=1, use_dictionary=coded)
        return file

    def switch(self, entries: Sequence[Entry], files: Sequence[str]) -> None:
        """Publish `entries`; parts that `files` does not name are removed after the switch."""
        write_whole(self.folder / "manifest.json", pretty(list(entries)))
        for path in self.folder.glob("*.parquet"):
            if path.name not in files:
                with suppress(FileNotFoundError):
                    path.unlink()
        for path in self.folder.glob(".*.tmp"):
            with suppress(FileNotFoundError):
                path.unlink()
