"""Files that appear whole or not at all, and manifests that make several of them one snapshot."""

import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from kit.regular_files import held_folder, open_regular

CHUNK = 1 << 20


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` durable by an fsync of it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _folder_of(path: Path) -> Iterator[Path]:
    """Yield the path of a file that is about to be written, in a folder that stays; raise LinkedFolder for a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with held_folder(path.parent) as folder:
        yield folder / path.name


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to `path`; on success it is fsynced and renamed over `path`, on error removed.

    The temporary path holds in this process alone.
    """
    with _folder_of(path) as held:
        temporary = _temporary(held)
        try:
            yield temporary
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(held)
            sync_folder(held.parent)
        except BaseException:
            with suppress(FileNotFoundError):
                temporary.unlink()
            raise


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` atomically and durably."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def create_exclusively(path: Path, data: bytes) -> bool:
    """Create `path` with `data`, whole, unless it exists; return whether this call created it."""
    with _folder_of(path) as held:
        temporary = _temporary(held)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(temporary, held)
            except FileExistsError:
                return False
            sync_folder(held.parent)
            return True
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()


def append_line(path: Path, value: Any) -> None:
    """Append one record as a JSON line, durably and whole; an OSError on a full disk leaves the file as it was.

    A torn last line, which a lost host may leave, is cut off first, so that what follows stays readable.
    """
    data = msgspec.json.encode(value) + b"\n"
    with _folder_of(path) as held:
        handle = os.open(held, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # else another writer's line, just begun, looks torn
        size = whole_lines(handle)
        os.ftruncate(handle, size)
        if os.write(handle, data) < len(data):
            os.ftruncate(handle, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(handle)
    finally:
        os.close(handle)


def whole_lines(handle: int) -> int:
    """Return how many bytes of an open file are complete lines; a torn last line is not counted."""
    end = os.fstat(handle).st_size
    while end > 0:
        start = max(0, end - CHUNK)
        newline = os.pread(handle, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of the bytes of a file of ours as 64 hex digits; a link is not followed."""
    with open_regular(path, ("file",), links=False) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pretty(value: Any) -> bytes:
    """Return indented JSON with a final newline, for files that people read."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
