"""Published signals on disk: Parquet parts that are only ever added, and a manifest that lists the valid ones."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.modules.signal_publication import Part, SignalRow
from resources.lake.broken import read_json
from resources.storage.files import pretty, replacing, sha256_file, write_whole

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
    """Implements contracts.modules.signal_publication.SignalPartStore on a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifest(self) -> PartsManifest:
        """Return the manifest of what is published, an empty one at first."""
        try:
            return read_json(self.folder / "manifest.json", PartsManifest)
        except FileNotFoundError:
            return PartsManifest()

    def upto(self) -> int:
        """Return the log position in the manifest."""
        return self.manifest().upto

    def add(self, rows: Sequence[SignalRow], upto: int) -> Part | None:
        """Write the rows as the next part, over what a crash may have left of it, then the manifest with `upto`."""
        before = self.manifest()
        part = self._write(f"part-{len(before.parts) + 1:06}.parquet", rows) if rows else None
        parts = before.parts if part is None else (*before.parts, part)
        write_whole(self.folder / "manifest.json", pretty(PartsManifest(upto, parts)))
        return part

    @contextmanager
    def only_writer(self) -> Iterator[None]:
        """Hold the folder's lock, waiting until no other process adds parts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".writing").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, name: str, rows: Sequence[SignalRow]) -> Part:
        path = self.folder / name
        table = pa.Table.from_pylist([msgspec.structs.asdict(row) for row in rows], SCHEMA)
        with replacing(path) as temporary:
            pq.write_table(table, temporary, compression="zstd")
            temporary.chmod(0o600)
        return Part(file=name, sha256=sha256_file(path), rows=len(rows))
