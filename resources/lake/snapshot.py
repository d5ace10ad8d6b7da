"""A dataset that is one Parquet file, named by its content and switched by a manifest."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import Locator
from resources.lake.broken import read_json, reading
from resources.lake.parquet_parts import read_dataset
from resources.storage.files import pretty, replacing, sha256_file, write_whole


class SnapshotManifest(msgspec.Struct, frozen=True):
    """The current file, its SHA-256, its number of rows, and the writer's own notes."""

    file: str
    sha256: str
    rows: int
    notes: dict[str, Any] = {}


class ParquetSnapshot:
    """One dataset of one experiment: `folder/NAME-HASH.parquet` and `folder/manifest.json`."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.folder, self.schema = folder, schema

    def manifest(self) -> SnapshotManifest | None:
        """Return the current manifest, or None before the first publication."""
        try:
            return read_json(self.folder / "manifest.json", SnapshotManifest)
        except FileNotFoundError:
            return None

    def path(self) -> Path | None:
        """Return the current Parquet file, or None before the first publication."""
        manifest = self.manifest()
        return self.folder / manifest.file if manifest else None

    def table(self, columns: list[str] | None = None) -> pa.Table:
        """Return the current rows; an empty typed table before the first publication.

        Raise LakeBroken if the file is damaged or missing.
        """
        path = self.path()
        if path is None:
            empty = self.schema.empty_table()
            return empty.select(columns) if columns else empty
        with reading(path, FileNotFoundError, KeyError):
            return read_dataset(Locator(str(path)), columns)

    def publish(self, write: Callable[[pq.ParquetWriter], None], notes: dict[str, Any]) -> SnapshotManifest:
        """Let `write` fill a new file, switch to it and return its manifest.

        The previous file is removed after the switch.
        """
        before = self.manifest()
        pending = self.folder / "pending.parquet"
        with replacing(pending) as temporary, pq.ParquetWriter(temporary, self.schema, compression="zstd") as writer:
            write(writer)
        digest = sha256_file(pending)
        final = self.folder / f"{self.folder.name}-{digest[:16]}.parquet"
        pending.replace(final)
        manifest = SnapshotManifest(final.name, digest, pq.read_metadata(final).num_rows, notes)
        if manifest != before:
            write_whole(self.folder / "manifest.json", pretty(manifest))
        if before and before.file != manifest.file:
            with suppress(FileNotFoundError):
                (self.folder / before.file).unlink()
        return manifest


def open_dataset(locator: Locator) -> pq.ParquetFile:
    """Return a dataset, to read in parts, where its store says that it is; raise FileNotFoundError if there is none.

    The caller closes it.
    """
    if locator.data is None:
        return pq.ParquetFile(locator.uri)
    if not locator.data:
        raise FileNotFoundError(locator.uri)
    return pq.ParquetFile(pa.BufferReader(locator.data))
