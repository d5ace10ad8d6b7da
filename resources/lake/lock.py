"""One writer per experiment: an OS lock that ends with its process, and names its holder."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from core.expected_error import ExpectedError

PROBE_S = 0.3
"""`is_free` holds the lock for a moment to test it; a writer waits at least this long, so that it is not refused."""


class Holder(msgspec.Struct, frozen=True):
    """The process that holds the lock, since when, for what."""

    pid: int
    purpose: str
    since: str


class WriterBusy(ExpectedError, RuntimeError):
    """Another process writes this experiment; the message names it."""

    code = "CONFLICT"
    operator_code = "IN_PROGRESS"


@contextmanager
def writing(
    folder: Path,
    *,
    purpose: str,
    now: str,
    wait_s: float = 0.0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the experiment's lock; raise WriterBusy, which names the holder, at once or after `wait_s` seconds."""
    deadline = clock() + max(wait_s, PROBE_S)
    handle = _open(folder)
    try:
        while not _try(handle) or not _is_at(handle, folder / "lock"):
            if clock() >= deadline:
                raise WriterBusy(_busy(folder.name, handle, wait_s), ("experiment",))
            sleep(min(0.2, max(0.0, deadline - clock())))
            if not _is_at(handle, folder / "lock"):  # the experiment was deleted meanwhile, or even launched anew
                old, handle = handle, _open(folder)
                os.close(old)
        os.ftruncate(handle, 0)
        os.pwrite(handle, msgspec.json.encode(Holder(os.getpid(), purpose, now)), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def is_free(folder: Path) -> bool:
    """Return whether no process writes the experiment at this moment."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        return _try(handle)
    finally:
        os.close(handle)


def _open(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


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


def _busy(name: str, handle: int, wait_s: float) -> str:
    try:
        holder = msgspec.json.decode(os.pread(handle, 4096, 0), type=Holder)
        who = f"process {holder.pid} ({holder.purpose}, since {holder.since})"
    except msgspec.DecodeError:
        who = "another process"
    waited = f" after {wait_s:.0f} s" if wait_s else ""
    return f"{name} is being written by {who}{waited}: wait until it ends, or stop it, then run again"
