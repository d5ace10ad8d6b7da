"""Finds the file of a key below a folder, through no link, and says who may write it by the number of its lease."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from contracts.storage import Fence, StaleFence
from kit.regular_files import refuse_links
from resources.storage.keys import checked

DIGITS = 20


class LocalFiles:
    """The files of a local store; every key is the path of its file below `root`, which is absolute and no link."""

    def __init__(self, root: Path) -> None:
        self.root, self._top = root, str(root)

    def path(self, key: str) -> Path:
        """Return the file of a key; raise ValueError for what is no key, LinkedFolder if a link is on the way."""
        at = self._top
        for part in checked(key).split("/"):
            at = f"{at}/{part}"
            if os.path.islink(at):  # noqa: PTH114  # a quarter of what a Path costs
                refuse_links(self.root, Path(at))
        return Path(at)

    def paths(self, keys: Iterable[str]) -> Iterator[str]:
        """Yield the path of each key as `path` finds it, with one look at each folder on the way to several of them.

        The file itself may be a link; whoever opens it follows none.
        """
        known = {"": self._top}
        for key in keys:
            folder, _, name = checked(key).rpartition("/")
            yield f"{known.get(folder) or self._folder(folder, known)}/{name}"

    def _folder(self, folder: str, known: dict[str, str]) -> str:
        """Return the path of a folder, and note it and those above it in `known`; raise LinkedFolder."""
        above, _, name = folder.rpartition("/")
        at = known[folder] = f"{known.get(above) or self._folder(above, known)}/{name}"
        if os.path.islink(at):  # noqa: PTH114  # as above
            refuse_links(self.root, Path(at))
        return at

    def fence_file(self, lease: str) -> Path:
        """Return the file with the number of a lease."""
        path = self.path(lease)
        return path.with_name(f".{path.name}.fence")

    def next_number(self, lease: str) -> int:
        """Return the next number of a lease, once no write goes on under an older one; the caller holds the lease.

        A lease whose folder was discarded goes on above all numbers that were discarded. Nothing is synced: with the
        host every holder of an older number ends too.
        """
        with _numbered(self.fence_file(lease)) as handle:
            number = (read_number(handle) or self._discarded()) + 1
            os.pwrite(handle, number_text(number), 0)
        return number

    def forget_numbers(self, folder: Path) -> None:
        """Note the highest number of the leases below a folder that is about to be discarded."""
        found = [int(text) for file in folder.rglob(".*.fence") if (text := file.read_bytes()).isdigit()]
        if not found:
            return
        with _numbered(self._discarded_file) as handle:
            os.pwrite(handle, number_text(max(read_number(handle), *found)), 0)

    @property
    def _discarded_file(self) -> Path:
        return self.root / ".discarded.fence"

    def _discarded(self) -> int:
        try:
            text = self._discarded_file.read_bytes()
        except FileNotFoundError:
            return 0
        return int(text) if text.isdigit() else 0

    @contextmanager
    def allowed(self, fence: Fence | None) -> Iterator[None]:
        """Hold the number of the fence while its holder writes; raise StaleFence if it is another one by now."""
        if fence is None:
            yield
            return
        with FenceGuard(self, fence) as guard:
            guard.begin()
            yield


class FenceGuard:
    """The file of a lease's number, open for writes under one fence; a context manager."""

    def __init__(self, files: LocalFiles, fence: Fence) -> None:
        self._fence, self._number = fence, number_text(fence.number)
        try:
            self._handle = os.open(files.fence_file(fence.lease), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise stale(fence, 0) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def begin(self) -> None:
        """Keep the number from growing until `end`; raise StaleFence if it has grown."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)
        if os.pread(self._handle, DIGITS, 0) != self._number:
            self.end()
            raise stale(self._fence, read_number(self._handle))

    def end(self) -> None:
        """Let the number grow again."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)


def stale(fence: Fence, number: int) -> StaleFence:
    """Return the error of a write under a fence whose lease has another number by now."""
    return StaleFence(
        f"{fence.lease} was taken by another process since (number {number} after {fence.number}): nothing was "
        "written, run again"
    )


def read_number(handle: int) -> int:
    """Return the number in an open file of a lease, 0 without one."""
    text = os.pread(handle, DIGITS, 0)
    return int(text) if text.isdigit() else 0


def number_text(number: int) -> bytes:
    """Return a number as it stands in the file of a lease."""
    return f"{number:0{DIGITS}d}".encode()


@contextmanager
def _numbered(path: Path) -> Iterator[int]:
    """Yield the file of a number, made at first use and locked until it is written."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
