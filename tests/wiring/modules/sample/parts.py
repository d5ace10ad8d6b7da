"""The sample's dataset of Parquet parts: how long notes are, under pseudonyms."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.modules.retention import Record
from contracts.modules.sealing import Pseudonyms
from contracts.storage import Storage

FOLDER = "sample/lengths"
SCHEMA = pa.schema([("user", pa.string()), ("length", pa.int32()), ("at", pa.float64())])
RETENTION_S = 30 * 86_400.0


class Lengths:
    """Parts named by their hash; each of them counts."""

    def __init__(self, storage: Storage, pseudonyms: Pseudonyms) -> None:
        self._storage, self._pseudonyms = storage, pseudonyms

    def add(self, user: str, length: int, at: float) -> None:
        """Add a part of one row."""
        self._write([{"user": self._name(user), "length": length, "at": at}])

    def export(self, user: str) -> Iterator[Record]:
        """Return a user's rows without the pseudonym."""
        name = self._name(user)
        for _, rows in self._parts():
            yield from ({"length": row["length"]} for row in rows if row["user"] == name)

    def erase(self, user: str) -> int:
        """Rewrite the parts that hold rows of the user; return how many rows those were."""
        name = self._name(user)
        return self._without(lambda row: row["user"] == name)

    def prune(self, now: float) -> int:
        """Rewrite the parts that hold rows of more than 30 days ago."""
        return self._without(lambda row: row["at"] < now - RETENTION_S)

    def _without(self, goes: Any) -> int:
        count = 0
        for key, rows in list(self._parts()):
            left = [row for row in rows if not goes(row)]
            if len(left) < len(rows):
                if left:
                    self._write(left)
                self._storage.blobs.delete(key)
                count += len(rows) - len(left)
        return count

    def _name(self, user: str) -> str:
        return self._pseudonyms.pseudonym(user, "sample lengths")

    def _parts(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        for name in self._storage.blobs.list(FOLDER):
            key = f"{FOLDER}/{name}"
            yield key, pq.read_table(self._storage.datasets.locator(key).uri).to_pylist()

    def _write(self, rows: list[dict[str, Any]]) -> None:
        write = partial(pq.write_table, pa.Table.from_pylist(rows, SCHEMA))
        self._storage.datasets.create(FOLDER, lambda digest: f"{digest[:16]}.parquet", write)
