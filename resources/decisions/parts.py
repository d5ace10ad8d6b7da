"""Published decisions: one Parquet part a day in the columns of `tipbench evaluate-policy`, and a manifest of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import Fence, Storage
from contracts.tips.decision_log import PublishedDay, PublishedTip
from resources.lake.broken import read_value
from resources.lake.datasets import whole_part
from resources.storage.files import pretty

FOLDER, MANIFEST = "decisions", "decisions/manifest.json"
WAIT_S = 600.0
"""Seconds that a writer waits for another one."""
_WORD = pa.dictionary(pa.int32(), pa.string())
_FEATURES = ("area", "hour_band", "weekday", "surface", "locale")
SCHEMA = pa.schema(
    [
        pa.field("decision", pa.string(), nullable=False),
        pa.field("user", pa.string(), nullable=False),
        pa.field("position", pa.int32(), nullable=False),
        pa.field("action", _WORD, nullable=False),
        pa.field("propensity", pa.float64(), nullable=False),
        pa.field("reward", pa.float64()),
        *(pa.field(f"x.{name}", _WORD) for name in _FEATURES),
        pa.field("tip", pa.string(), nullable=False),
        pa.field("shown", pa.bool_(), nullable=False),
        pa.field("opened", pa.bool_(), nullable=False),
        pa.field("dismissed", pa.bool_(), nullable=False),
        pa.field("kind", _WORD, nullable=False),
        pa.field("policy", _WORD, nullable=False),
        pa.field("promotion", pa.int64()),
        pa.field("fallback", pa.bool_(), nullable=False),
        pa.field("simulated", pa.bool_(), nullable=False),
        pa.field("eligible", pa.list_(pa.string()), nullable=False),
        pa.field("probabilities", pa.list_(pa.float64()), nullable=False),
        pa.field("source", _WORD),
    ]
)


class DecisionsManifest(msgspec.Struct, frozen=True):
    """Every published day in order; a file that is not named here is not part of the dataset."""

    days: tuple[PublishedDay, ...] = ()


class DecisionPartFiles:
    """Implements contracts.tips.decision_log.DecisionParts on what is below `decisions` of a home."""

    def __init__(self, storage: Storage, fence: Fence | None = None) -> None:
        self._storage, self._fence = storage, fence

    def days(self) -> tuple[PublishedDay, ...]:
        """Return the published days in their order, none at first."""
        return (read_value(self._storage.blobs, MANIFEST, DecisionsManifest) or DecisionsManifest()).days

    def write(self, day: str, batches: Iterable[Sequence[PublishedTip]]) -> tuple[str, str, int] | None:
        """Write a day's rows under a name that their hash gives; return file, SHA-256 and rows, None for no rows."""
        return self._written(day, (_table(batch) for batch in batches))

    def publish(self, day: PublishedDay) -> None:
        """Let the manifest name this day, then delete files that it names no more; raise StaleFence."""
        self._switch({**{each.day: each for each in self.days()}, day.day: day})

    def table(self, day: PublishedDay) -> pa.Table:
        """Return a day's rows; raise LakeBroken for a file that cannot be read."""
        if day.file is None:
            return SCHEMA.empty_table()
        return _with_all_columns(whole_part(self._storage.datasets, f"{FOLDER}/{day.file}")).cast(SCHEMA)

    def keep(self, remaining: Callable[[PublishedDay, pa.Table], pa.Table]) -> int:
        """Write parts in place of those of which `remaining` gives fewer rows; return how many rows left.

        Raise StaleFence.
        """
        days, left = dict[str, PublishedDay](), 0
        for day in self.days():
            table = self.table(day)
            rest = remaining(day, table)
            removed = len(table) - len(rest)
            left += removed
            days[day.day] = self._rewritten(day, rest, removed) if removed else day
        self._switch(days)
        return left

    def drop(self, before: str) -> int:
        """Take away the days before this one; return how many rows those had; raise StaleFence."""
        days = self.days()
        self._switch({day.day: day for day in days if day.day >= before})
        return sum(day.rows for day in days if day.day < before)

    def left_over(self) -> list[str]:
        """Return the files of rows that count no more, or not yet: those which the manifest does not name."""
        named = {day.file for day in self.days()}
        found = self._storage.blobs.list(FOLDER)
        return [name for name in found if name.endswith(".parquet") and name not in named]

    @contextmanager
    def only_writer(self, now: str) -> Iterator["DecisionPartFiles"]:
        """Hold the lease of the one who writes parts, and yield them under its fence; raise LeaseHeld after a while.

        `now` is the time in ISO 8601, for whoever waits.
        """
        held = self._storage.leases.hold(f"{FOLDER}/lock", purpose="publishing decisions", now=now, wait_s=WAIT_S)
        with held as fence:
            yield DecisionPartFiles(self._storage, fence)

    def _switch(self, days: dict[str, PublishedDay]) -> None:
        ordered = tuple(days[day] for day in sorted(days))
        if ordered != self.days():
            self._storage.blobs.put(MANIFEST, pretty(DecisionsManifest(ordered)), self._fence)
        for name in self.left_over():
            self._storage.blobs.delete(f"{FOLDER}/{name}", self._fence)

    def _rewritten(self, day: PublishedDay, rest: pa.Table, removed: int) -> PublishedDay:
        file, digest, rows = self._written(day.day, [rest] if len(rest) else []) or (None, None, 0)
        counts = msgspec.structs.replace(day.counts, erased=day.counts.erased + removed)
        return msgspec.structs.replace(day, file=file, sha256=digest, rows=rows, counts=counts)

    def _written(self, day: str, tables: Iterable[pa.Table]) -> tuple[str, str, int] | None:
        rows, whole = 0, iter(tables)
        first = next(whole, None)
        if first is None:
            return None

        def write(file: BinaryIO) -> None:
            nonlocal rows
            with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
                for table in chain([first], whole):
                    writer.write_table(table)
                    rows += len(table)

        def name(digest: str) -> str:
            return f"{day}-{digest[:16]}.parquet"

        made = self._storage.datasets.create(FOLDER, name, write, self._fence)
        return name(made.sha256), made.sha256, rows


def _with_all_columns(table: pa.Table) -> pa.Table:
    """Return a table with the columns that parts lack which were written before there were these, of nulls."""
    for name in SCHEMA.names:
        if name not in table.column_names and SCHEMA.field(name).nullable:
            table = table.append_column(SCHEMA.field(name), pa.nulls(len(table), SCHEMA.field(name).type))
    return table


def _table(batch: Sequence[PublishedTip]) -> pa.Table:
    """Return rows as columns, those of the context under the names that logs of decisions have for it."""
    names = {f"x.{name}": name for name in _FEATURES}
    rows = [msgspec.structs.asdict(row) for row in batch]
    return pa.Table.from_pylist([{name: row[names.get(name, name)] for name in SCHEMA.names} for row in rows], SCHEMA)
