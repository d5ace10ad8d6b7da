"""Published signals: Parquet parts that are only ever added, and a manifest that lists the valid ones."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.modules.signal_publication import Part, SignalRow
from contracts.storage import Fence, Storage
from resources.lake.broken import read_value
from resources.storage.files import pretty

FOLDER, MANIFEST = "signals", "signals/manifest.json"
WAIT_S = 600.0
"""Seconds that a writer waits for another one, which is at work for as long as there are new signals."""
SCHEMA = pa.schema(
    [
        pa.field("type", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("s", tz="UTC"), nullable=False),
        pa.field("user", pa.string(), nullable=False),
        pa.field("decision", pa.string(), nullable=False),
        pa.field("tip", pa.string()),
        pa.field("surface", pa.string()),
        pa.field("place", pa.int32()),
        pa.field("word", pa.string()),
        pa.field("rating", pa.int8()),
        pa.field("commented", pa.bool_()),
    ]
)


class PartsManifest(msgspec.Struct, frozen=True):
    """Every part in the order of the log; a file that is not named here is not part of the dataset."""

    upto: int = 0
    parts: tuple[Part, ...] = ()


class SignalParts:
    """Implements contracts.modules.signal_publication.SignalPartStore on what is below `signals` of a home."""

    def __init__(self, storage: Storage, fence: Fence | None = None) -> None:
        self._storage, self._fence = storage, fence

    def manifest(self) -> PartsManifest:
        """Return the manifest of what is published, an empty one at first."""
        return read_value(self._storage.blobs, MANIFEST, PartsManifest) or PartsManifest()

    def upto(self) -> int:
        """Return the log position in the manifest."""
        return self.manifest().upto

    def add(self, rows: Sequence[SignalRow], upto: int) -> Part | None:
        """Write the rows as the next part, over what a crash may have left of it, then the manifest with `upto`.

        Raise StaleFence.
        """
        before = self.manifest()
        part = self._write(f"part-{len(before.parts) + 1:06}.parquet", rows) if rows else None
        parts = before.parts if part is None else (*before.parts, part)
        self._storage.blobs.put(MANIFEST, pretty(PartsManifest(upto, parts)), self._fence)
        return part

    @contextmanager
    def only_writer(self, now: str) -> Iterator["SignalParts"]:
        """Hold the lease of the one who adds parts, and yield the parts under its fence; raise LeaseHeld after a while.

        `now` is the time in ISO 8601, for whoever waits.
        """
        held = self._storage.leases.hold(f"{FOLDER}/lock", purpose="publishing signals", now=now, wait_s=WAIT_S)
        with held as fence:
            yield SignalParts(self._storage, fence)

    def _write(self, name: str, rows: Sequence[SignalRow]) -> Part:
        table = pa.Table.from_pylist([msgspec.structs.asdict(row) for row in rows], SCHEMA)
        write = partial(pq.write_table, table, compression="zstd")
        made = self._storage.datasets.create(FOLDER, lambda _: name, write, self._fence)
        return Part(file=name, sha256=made.sha256, rows=len(rows))
