"""A dataset that is one Parquet file, named by its content and switched by a manifest."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import Fence, Locator, Storage
from resources.lake.broken import read_value, reading
from resources.lake.datasets import open_dataset, read_dataset
from resources.storage.files import pretty

PIECE = 1 << 22
"""Bytes of a file that are in memory while its hash is made."""


class SnapshotManifest(msgspec.Struct, frozen=True):
    """The current file, its SHA-256, its number of rows, and the writer's own notes."""

    file: str
    sha256: str
    rows: int
    notes: dict[str, Any] = {}


class ParquetSnapshot:
    """One dataset of one experiment: a dataset `folder/NAME-HASH.parquet` and a value `folder/manifest.json`."""

    def __init__(self, storage: Storage, folder: str, schema: pa.Schema) -> None:
        self._blobs, self._datasets = storage.blobs, storage.datasets
        self._folder, self.schema = folder, schema

    def manifest(self) -> SnapshotManifest | None:
        """Return the current manifest, or None before the first publication."""
        return read_value(self._blobs, f"{self._folder}/manifest.json", SnapshotManifest)

    def key(self) -> str | None:
        """Return the key of the current Parquet file, or None before the first publication."""
        manifest = self.manifest()
        return f"{self._folder}/{manifest.file}" if manifest else None

    def locator(self) -> Locator | None:
        """Return where an engine finds the current Parquet file, or None before the first publication."""
        key = self.key()
        return self._datasets.locator(key) if key else None

    def table(self, columns: list[str] | None = None) -> pa.Table:
        """Return the current rows; an empty typed table before the first publication.

        Raise LakeBroken if the file is damaged or missing.
        """
        locator = self.locator()
        if locator is None:
            empty = self.schema.empty_table()
            return empty.select(columns) if columns else empty
        with reading(locator.uri, FileNotFoundError, KeyError):
            return read_dataset(locator, columns)

    def parts(self, column: str, rows: int) -> Iterator[pa.Array]:
        """Yield one column of the current rows, so many rows at a time; raise LakeBroken as `table` does."""
        locator = self.locator()
        if locator is not None:
            with reading(locator.uri, FileNotFoundError), open_dataset(locator) as file:
                yield from (batch[column] for batch in file.iter_batches(rows, columns=[column], use_threads=False))

    def is_what_was_written(self) -> bool:
        """Return whether the current file has the bytes that the manifest says, which reads all of it.

        True before the first publication; raise LakeBroken if the manifest is damaged.
        """
        manifest, digest, place = self.manifest(), hashlib.sha256(), 0
        if manifest is None:
            return True
        while piece := self._blobs.get(f"{self._folder}/{manifest.file}", place, PIECE):
            digest.update(piece)
            place += len(piece)
        return digest.hexdigest() == manifest.sha256

    def publish(
        self,
        write: Callable[[pq.ParquetWriter], None],
        notes: dict[str, Any],
        fence: Fence | None = None,
        **encoding: Sequence[str],
    ) -> SnapshotManifest:
        """Let `write` fill a new file, switch to it and return its manifest; raise StaleFence.

        The previous file is deleted after the switch. Another `encoding` of the same rows, options of the writer, gives
        other bytes and so another hash.
        """

        def fill(sink: BinaryIO) -> None:
            with pq.ParquetWriter(sink, self.schema, compression="zstd", **encoding) as writer:
                write(writer)

        before, name = self.manifest(), self._folder.rpartition("/")[2]
        made = self._datasets.create(self._folder, lambda digest: f"{name}-{digest[:16]}.parquet", fill, fence)
        with open_dataset(self._datasets.locator(made.key)) as file:
            rows = file.metadata.num_rows
        manifest = SnapshotManifest(made.key.rpartition("/")[2], made.sha256, rows, notes)
        if manifest != before:
            self._blobs.put(f"{self._folder}/manifest.json", pretty(manifest), fence)
        if before and before.file != manifest.file:
            self._blobs.delete(f"{self._folder}/{before.file}", fence)
        return manifest
