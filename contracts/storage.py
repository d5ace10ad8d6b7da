"""Where the benchmark stores its bytes, whatever that is: blobs, append-only logs, leases and datasets under keys.

A key is a path without its root, such as `lake/tip-bench-a/spec.json`: parts joined by slashes, none empty, none that
begins with a dot, nothing below another key. Every call blocks; stores may be used from several threads and processes.
tests/contracts/ has the suite that every implementation passes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO, NamedTuple, Protocol, Self

import msgspec

from core.expected_error import ExpectedError


class Fence(NamedTuple):
    """The right to write that a lease gives; each time that the lease is taken the number is higher."""

    lease: str
    number: int


class StaleFence(ExpectedError, RuntimeError):
    """A write under a lease that somebody else has taken since; nothing was written."""

    code = "CONFLICT"
    operator_code = "IN_PROGRESS"


class Holder(msgspec.Struct, frozen=True):
    """The process that holds a lease, since when (ISO 8601 in UTC), for what."""

    pid: int
    purpose: str
    since: str


class LeaseHeld(ExpectedError, RuntimeError):
    """The lease is held; by whom, where that is known."""

    code = "CONFLICT"
    operator_code = "IN_PROGRESS"

    def __init__(self, message: str, holder: Holder | None) -> None:
        super().__init__(message)
        self.holder = holder


class Blobs(Protocol):
    """Values that are written whole and read whole or in part; a killed writer leaves the old value or the new one."""

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return the value's bytes from `start` on, `length` of them or as many as there are; None without a value."""
        ...

    def put(self, key: str, data: bytes, fence: Fence | None = None) -> None:
        """Store a value over the one before, durable when this returns; raise StaleFence."""
        ...

    def put_if_absent(self, key: str, data: bytes, fence: Fence | None = None) -> bool:
        """Store a value, durable when this returns, unless there is one; return whether it was stored.

        Of several writers at once, in whatever processes, one gets True. Raise StaleFence.
        """
        ...

    def size(self, key: str) -> int | None:
        """Return how many bytes the value has, None without a value."""
        ...

    def sizes(self, keys: Iterable[str]) -> Sequence[int | None]:
        """Return the sizes of several values in order, None for those that are not there: quicker than one by one."""
        ...

    def tag(self, key: str) -> str | None:
        """Return a short text that is another one whenever the bytes are others, None without a value."""
        ...

    def tags(self, keys: Iterable[str]) -> Sequence[str | None]:
        """Return the tags of several values in order, None for those that are not there: quicker than one by one."""
        ...

    def list(self, folder: str) -> list[str]:
        """Return the names directly below `folder`, sorted; one with names below it ends with a slash."""
        ...

    def move(self, key: str, to: str, fence: Fence | None = None) -> bool:
        """Give a value another key, over the value there, durable when this returns; return whether there was one.

        A mover that is killed, or whose host is lost, leaves the value under one of the keys, or under both. Raise
        StaleFence.
        """
        ...

    def delete(self, key: str, fence: Fence | None = None) -> bool:
        """Delete a value; return whether there was one; raise StaleFence."""
        ...

    def discard(self, folder: str, fence: Fence | None = None) -> bool:
        """Delete everything below `folder`, datasets and logs too; return whether there was anything.

        A process that is killed leaves all of it or nothing that a key leads to. Raise StaleFence.
        """
        ...

    def sweep(self, folder: str) -> None:
        """Free the space of what killed processes were discarding directly below `folder`."""
        ...


class AppendLog(Protocol):
    """A log that is open for a writer, a context manager that syncs at its end.

    A line that was appended outlives the writer's process, one that was synced its host. Lines of several writers at
    once come whole too, but only one alone knows where they start.
    """

    @property
    def size(self) -> int:
        """Return how many bytes the log has, which is where the next line starts."""
        ...

    def append(self, line: bytes) -> int:
        """Add a line, given without its newline; return the byte at which it starts.

        Raise OSError where there is no space and StaleFence; the log is then as it was.
        """
        ...

    def sync(self) -> None:
        """Make everything so far survive the loss of the host."""
        ...

    def close(self) -> None:
        """Close the log without syncing it."""
        ...

    def __enter__(self) -> Self:
        """Return the log itself."""
        ...

    def __exit__(self, *error: object) -> None:
        """Sync and close the log."""
        ...


class LogReader(Protocol):
    """A log as it is read, also while it grows; a context manager. Without a log it has no lines."""

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield every whole line from the byte `start` on, at which one starts, as its first byte and its text."""
        ...

    def line_at(self, start: int) -> bytes:
        """Return the line that starts at this byte; raise LookupError if the log ends before."""
        ...

    def __enter__(self) -> Self:
        """Return the reader itself."""
        ...

    def __exit__(self, *error: object) -> None:
        """Close what was opened."""
        ...


class Logs(Protocol):
    """Logs under keys: lines that are only ever added, by however many writes, files or objects they lie in."""

    def open(self, key: str, fence: Fence | None = None) -> AppendLog:
        """Return a log for a writer, made at first use; half a line that a lost host left is cut off.

        Raise StaleFence, here and at every line.
        """
        ...

    def read(self, key: str) -> LogReader:
        """Return a reader of a log, whether there is one or not."""
        ...

    def cut(self, key: str, size: int, fence: Fence | None = None) -> None:
        """Let a log end after its first `size` bytes, at which a line ends, if it has more; raise StaleFence.

        This takes back what a killed process appended as one and did not finish; nobody has the log open.
        """
        ...


class Leases(Protocol):
    """Leases under keys, each held by one at a time and free when its holder's process ends."""

    def hold(self, key: str, *, purpose: str, now: str, wait_s: float = 0.0) -> AbstractContextManager[Fence]:
        """Return a context that holds the lease and gives its fence; raise LeaseHeld, at once or after `wait_s`."""
        ...

    def is_free(self, key: str) -> bool:
        """Return whether nobody holds the lease at this moment."""
        ...


class Locator(NamedTuple):
    """Where the lake's engine finds a dataset; nobody else opens one.

    `data` is the dataset itself where the store has no address that an engine could read.
    """

    uri: str
    data: bytes | None = None


class Created(NamedTuple):
    """A dataset that was stored: its key and the SHA-256 of its bytes in 64 hex digits."""

    key: str
    sha256: str


class DatasetStore(Protocol):
    """Parquet files, which are written as a stream and read in parts by an engine."""

    def create(
        self, folder: str, name: Callable[[str], str], write: Callable[[BinaryIO], object], fence: Fence | None = None
    ) -> Created:
        """Let `write` fill a dataset and store it whole and durably, or not at all where that raises.

        `name` makes its name below `folder` of its SHA-256; what had the key is replaced. Raise StaleFence.
        """
        ...

    def locator(self, key: str) -> Locator:
        """Return where a dataset is, whether there is one or not."""
        ...


class Storage(NamedTuple):
    """The stores of one home. A key has one value, be it a blob, a dataset or a log."""

    blobs: Blobs
    logs: Logs
    leases: Leases
    datasets: DatasetStore
