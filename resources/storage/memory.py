"""Stores in the memory of one process: the smallest home there is, for tests, trials and as a second implementation."""

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition
from typing import BinaryIO, Self

from contracts.storage import Created, Fence, Holder, LeaseHeld, Locator, StaleFence, Storage
from resources.storage.keys import checked


class _Values:
    """What the stores of one home share: values by key, numbers and holders by lease, and the lock of all of them."""

    def __init__(self) -> None:
        self.changed = Condition()
        self.by_key: dict[str, bytes] = {}
        self.numbers: dict[str, int] = {}
        self.holders: dict[str, Holder] = {}

    @contextmanager
    def allowed(self, fence: Fence | None) -> Iterator[None]:
        """Hold the lock while somebody writes; raise StaleFence if the lease has another number by now."""
        with self.changed:
            if fence is not None and (number := self.numbers.get(fence.lease, 0)) != fence.number:
                raise StaleFence(f"{fence.lease} has the number {number} after {fence.number}: nothing was written")
            yield


class MemoryBlobs:
    """Implements contracts.storage.Blobs on a dictionary."""

    def __init__(self, values: _Values) -> None:
        self._values = values

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return a slice of the value, None without one."""
        data = self._values.by_key.get(checked(key))
        return None if data is None else data[start : None if length is None else start + length]

    def put(self, key: str, data: bytes, fence: Fence | None = None) -> None:
        """Set the value of a key; raise StaleFence."""
        with self._values.allowed(fence):
            self._values.by_key[checked(key)] = bytes(data)

    def put_if_absent(self, key: str, data: bytes, fence: Fence | None = None) -> bool:
        """Set the value of a key that has none; raise StaleFence."""
        with self._values.allowed(fence):
            return self._values.by_key.setdefault(checked(key), new := bytes(data)) is new

    def size(self, key: str) -> int | None:
        """Return the length of the value, None without one."""
        data = self.get(key)
        return None if data is None else len(data)

    def sizes(self, keys: Iterable[str]) -> Sequence[int | None]:
        """Return the lengths one by one."""
        return [self.size(key) for key in keys]

    def tag(self, key: str) -> str | None:
        """Return half of the SHA-256 of the value, None without one."""
        data = self.get(key)
        return None if data is None else hashlib.sha256(data).hexdigest()[:32]

    def tags(self, keys: Iterable[str]) -> Sequence[str | None]:
        """Return the tags one by one."""
        return [self.tag(key) for key in keys]

    def list(self, folder: str) -> list[str]:
        """Return the first part of every key below the folder."""
        below = f"{checked(folder)}/"
        with self._values.changed:
            rests = [key.removeprefix(below) for key in self._values.by_key if key.startswith(below)]
        return sorted({f"{name}{slash}" for name, slash, _ in (rest.partition("/") for rest in rests)})

    def move(self, key: str, to: str, fence: Fence | None = None) -> bool:
        """Set the value of another key and remove it from its own; return whether there was one; raise StaleFence."""
        source, target = checked(key), checked(to)
        with self._values.allowed(fence):
            data = self._values.by_key.pop(source, None)
            if data is None:
                return False
            self._values.by_key[target] = data
            return True

    def delete(self, key: str, fence: Fence | None = None) -> bool:
        """Remove the value of a key; return whether there was one; raise StaleFence."""
        with self._values.allowed(fence):
            return self._values.by_key.pop(checked(key), None) is not None

    def discard(self, folder: str, fence: Fence | None = None) -> bool:
        """Remove every key below the folder; raise StaleFence."""
        below = f"{checked(folder)}/"
        with self._values.allowed(fence):
            found = [key for key in self._values.by_key if key.startswith(below)]
            for key in found:
                del self._values.by_key[key]
        return bool(found)

    def sweep(self, folder: str) -> None:
        """Do nothing but check the key: what is discarded takes no space."""
        checked(folder)


class MemoryLogs:
    """Implements contracts.storage.Logs on a dictionary."""

    def __init__(self, values: _Values) -> None:
        self._values = values

    def open(self, key: str, fence: Fence | None = None) -> "MemoryLog":
        """Return the log, begun at first use; raise StaleFence."""
        with self._values.allowed(fence):
            self._values.by_key.setdefault(checked(key), b"")
        return MemoryLog(self._values, key, fence)

    def read(self, key: str) -> "MemoryReader":
        """Return a reader of the log as it is at each call."""
        return MemoryReader(self._values, key)

    def cut(self, key: str, size: int, fence: Fence | None = None) -> None:
        """Make the value of the key shorter; raise StaleFence."""
        with self._values.allowed(fence):
            if (data := self._values.by_key.get(checked(key))) is not None:
                self._values.by_key[key] = data[:size]


class MemoryLog:
    """Implements contracts.storage.AppendLog."""

    def __init__(self, values: _Values, key: str, fence: Fence | None) -> None:
        self._values, self._key, self._fence = values, key, fence

    @property
    def size(self) -> int:
        """Return the end of the last line."""
        return len(self._values.by_key[self._key])

    def append(self, line: bytes) -> int:
        """Add a line to the value; raise ValueError for one that holds a newline, or StaleFence."""
        if b"\n" in line:
            raise ValueError("a line of a log holds no newline")
        with self._values.allowed(self._fence):
            at = self.size
            self._values.by_key[self._key] += line + b"\n"
        return at

    def sync(self) -> None:
        """Do nothing: what was appended is as safe as it gets."""

    def close(self) -> None:
        """Do nothing: the log holds nothing open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class MemoryReader:
    """Implements contracts.storage.LogReader."""

    def __init__(self, values: _Values, key: str) -> None:
        self._values, self._key = values, key

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield the lines that there are when the first one is asked for."""
        text = self._values.by_key.get(self._key, b"")
        for line in text[start:].split(b"\n")[:-1]:
            yield start, line
            start += len(line) + 1

    def line_at(self, start: int) -> bytes:
        """Return one line of the value; raise LookupError."""
        line, newline, _ = self._values.by_key.get(self._key, b"")[start:].partition(b"\n")
        if not newline:
            raise LookupError(f"no line starts at byte {start}")
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class MemoryLeases:
    """Implements contracts.storage.Leases among the threads of one process."""

    def __init__(self, values: _Values) -> None:
        self._values = values

    @contextmanager
    def hold(self, key: str, *, purpose: str, now: str, wait_s: float = 0.0) -> Iterator[Fence]:
        """Hold the lease, waiting for whoever lets it go."""
        values = self._values
        with values.changed:
            if not values.changed.wait_for(lambda: checked(key) not in values.holders, wait_s):
                holder = values.holders[key]
                raise LeaseHeld(f"{key} is held for {holder.purpose} since {holder.since}", holder)
            values.numbers[key] = values.numbers.get(key, 0) + 1
            values.holders[key] = Holder(os.getpid(), purpose, now)
        try:
            yield Fence(key, values.numbers[key])
        finally:
            with values.changed:
                del values.holders[key]
                values.changed.notify_all()

    def is_free(self, key: str) -> bool:
        """Return whether the lease has no holder."""
        return checked(key) not in self._values.holders


class MemoryDatasets:
    """Implements contracts.storage.DatasetStore: a locator carries the bytes themselves."""

    def __init__(self, values: _Values) -> None:
        self._values = values

    def create(
        self, folder: str, name: Callable[[str], str], write: Callable[[BinaryIO], object], fence: Fence | None = None
    ) -> Created:
        """Let `write` fill a buffer and set it under the name that its hash gives; raise StaleFence."""
        write(buffer := io.BytesIO())
        digest = hashlib.sha256(buffer.getbuffer()).hexdigest()
        key = checked(f"{folder}/{name(digest)}")
        with self._values.allowed(fence):
            self._values.by_key[key] = buffer.getvalue()
        return Created(key, digest)

    def locator(self, key: str) -> Locator:
        """Return the bytes with their key; without a dataset they are empty, which no engine reads."""
        return Locator(f"memory:{key}", self._values.by_key.get(checked(key), b""))


def memory_storage() -> Storage:
    """Return empty stores, which end with the process."""
    values = _Values()
    return Storage(MemoryBlobs(values), MemoryLogs(values), MemoryLeases(values), MemoryDatasets(values))
