"""Leases as OS locks on files, which end with their process and name their holder."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from contracts.storage import Fence, Holder, LeaseHeld
from resources.storage.local_files import LocalFiles

PROBE_S = 0.3
"""`is_free` holds the lock for a moment to test it; a writer waits at least this long, so that it is not refused."""


class LocalLeases:
    """Implements contracts.storage.Leases on the files below a folder."""

    def __init__(
        self,
        files: LocalFiles,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._files, self._clock, self._sleep = files, clock, sleep

    @contextmanager
    def hold(self, key: str, *, purpose: str, now: str, wait_s: float = 0.0) -> Iterator[Fence]:
        """Hold the lock of the lease's file, whichever file has its name by then."""
        path, deadline = self._files.path(key), self._clock() + max(wait_s, PROBE_S)
        handle = _open(path)
        try:
            while not _try(handle) or not _is_at(handle, path):
                if self._clock() >= deadline:
                    raise _held(key, handle)
                self._sleep(min(0.2, max(0.0, deadline - self._clock())))
                if not _is_at(handle, path):  # the folder was deleted meanwhile, or is even there anew
                    old, handle = handle, _open(path)
                    os.close(old)
            fence = Fence(key, self._files.next_number(key))
            os.ftruncate(handle, 0)
            os.pwrite(handle, msgspec.json.encode(Holder(os.getpid(), purpose, now)), 0)
            yield fence
            os.ftruncate(handle, 0)
        finally:
            os.close(handle)

    def is_free(self, key: str) -> bool:
        """Return whether the lock could be taken, which it is for a moment."""
        try:
            handle = os.open(self._files.path(key), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return True
        try:
            return _try(handle)
        finally:
            os.close(handle)


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _is_at(handle: int, path: Path) -> bool:
    """Return whether the open file is the one of that path."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(key: str, handle: int) -> LeaseHeld:
    try:
        holder = msgspec.json.decode(os.pread(handle, 4096, 0), type=Holder)
    except msgspec.DecodeError:
        return LeaseHeld(f"{key} is held by another process", None)
    return LeaseHeld(f"{key} is held by process {holder.pid} ({holder.purpose}, since {holder.since})", holder)
