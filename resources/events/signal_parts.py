"""Published signals: Parquet parts, rewritten only where rows leave, and a manifest that lists the valid ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.modules.signal_publication import Part, SignalRow
from contracts.storage import Fence, Storage
from resources.lake.broken import read_value
from resources.lake.datasets import whole_part
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
        table = pa.Table.from_pylist([msgspec.structs.asdict(row) for row in rows], SCHEMA)
        part = self._write(_next_number(before.parts), table) if rows else None
        parts = before.parts if part is None else (*before.parts, part)
        self._storage.blobs.put(MANIFEST, pretty(PartsManifest(upto, parts)), self._fence)
        return part

    def tables(self) -> Iterator[pa.Table]:
        """Yield every part in the order of the log; raise LakeBroken for one that cannot be read."""
        for part in self.manifest().parts:
            yield self._table(part)

    def keep(self, remaining: Callable[[pa.Table], pa.Table]) -> int:
        """Write parts in place of those of which `remaining` gives fewer rows, then the manifest; return how many left.

        The old files are deleted last: one that a killed process left counts no more, and the next one deletes it.
        Raise StaleFence.
        """
        before, parts, left = self.manifest(), list[Part](), 0
        for part in before.parts:
            table = self._table(part)
            rest = remaining(table)
            left += len(table) - len(rest)
            if len(rest) == len(table):
                parts.append(part)
            elif len(rest):
                parts.append(self._write(_next_number((*before.parts, *parts)), rest))
        if left:
            self._storage.blobs.put(MANIFEST, pretty(PartsManifest(before.upto, tuple(parts))), self._fence)
        for name in self.left_over():
            self._storage.blobs.delete(f"{FOLDER}/{name}", self._fence)
        return left

    def left_over(self) -> list[str]:
        """Return the files of rows that count no more, or not yet: those which the manifest does not name."""
        named = {part.file for part in self.manifest().parts}
        found = self._storage.blobs.list(FOLDER)
        return [name for name in found if name.endswith(".parquet") and name not in named]

    @contextmanager
    def only_writer(self, now: str) -> Iterator["SignalParts"]:
        """Hold the lease of the one who adds parts, and yield the parts under its fence; raise LeaseHeld after a while.

        `now` is the time in ISO 8601, for whoever waits.
        """
        held = self._storage.leases.hold(f"{FOLDER}/lock", purpose="publishing signals", now=now, wait_s=WAIT_S)
        with held as fence:
            yield SignalParts(self._storage, fence)

    def _table(self, part: Part) -> pa.Table:
        return whole_part(self._storage.datasets, f"{FOLDER}/{part.file}")

    def _write(self, number: int, table: pa.Table) -> Part:
        name, write = f"part-{number:06}.parquet", partial(pq.write_table, table, compression="zstd")
        made = self._storage.datasets.create(FOLDER, lambda _: name, write, self._fence)
        return Part(file=name, sha256=made.sha256, rows=len(table))


def _next_number(parts: Sequence[Part]) -> int:
    return 1 + max((int(part.file[5:-8]) for part in parts), default=0)
