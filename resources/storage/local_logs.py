"""Logs as files, appended by one write a line."""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Self

from contracts.storage import Fence
from resources.storage.files import CHUNK, sync_folder, whole_lines
from resources.storage.local_files import FenceGuard, LocalFiles


class LocalLogs:
    """Implements contracts.storage.Logs on the files below a folder."""

    def __init__(self, files: LocalFiles) -> None:
        self._files = files

    def open(self, key: str, fence: Fence | None = None) -> "LocalLog":
        """Return the log with its file open; raise StaleFence, or LinkedFolder."""
        return LocalLog(self._files, key, fence)

    def read(self, key: str) -> "LocalReader":
        """Return a reader of the file, as long as it is then."""
        return LocalReader(self._files.path(key))

    def cut(self, key: str, size: int, fence: Fence | None = None) -> None:
        """Make the file shorter and sync it; raise StaleFence."""
        path = self._files.path(key)
        with self._files.allowed(fence):
            try:
                handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            except FileNotFoundError:
                return
            try:
                if os.fstat(handle).st_size > size:
                    os.ftruncate(handle, size)
                    os.fsync(handle)
            finally:
                os.close(handle)


class LocalLog:
    """Implements contracts.storage.AppendLog."""

    def __init__(self, files: LocalFiles, key: str, fence: Fence | None) -> None:
        self._key = key
        with ExitStack() as opened:
            self._guard = None if fence is None else opened.enter_context(FenceGuard(files, fence))
            with self._allowed():
                self._open(files.path(key))
            self._opened = opened.pop_all()

    @property
    def size(self) -> int:
        """Return the end of the last whole line."""
        return self._written

    def append(self, line: bytes) -> int:
        """Write one line; raise ValueError for one that holds a newline, OSError or StaleFence."""
        data = line + b"\n"
        if data.find(b"\n") != len(line):
            raise ValueError("a line of a log holds no newline")
        if self._guard is None:
            self._write(data)
        else:
            self._guard.begin()
            try:
                self._write(data)
            finally:
                self._guard.end()
        at = self._written
        self._written += len(data)
        return at

    def sync(self) -> None:
        """Write what was appended to the disk itself; blocks for it."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Close the files that are open; a line that was appended is there all the same."""
        self._opened.close()
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.sync()
        finally:
            self.close()

    def _write(self, data: bytes) -> None:
        written = os.write(self._handle, data)
        if written < len(data):
            end = os.lseek(self._handle, 0, os.SEEK_CUR)
            if os.fstat(self._handle).st_size == end:  # else somebody appended since, whose line is not to be lost
                os.ftruncate(self._handle, end - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._key)

    @contextmanager
    def _allowed(self) -> Iterator[None]:
        if self._guard is None:
            yield
            return
        self._guard.begin()
        try:
            yield
        finally:
            self._guard.end()

    def _open(self, path: Path) -> None:
        """Open the file, made at first use, and cut off half a line at its end."""
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if is_new:
                sync_folder(path.parent)
            end = os.fstat(handle).st_size  # first: what another writer appends since is no half line
            self._written = whole_lines(handle)
            if self._written < end:
                os.ftruncate(handle, self._written)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle


class LocalReader:
    """Implements contracts.storage.LogReader; a reader sees what was appended since it was made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield the lines of the file; half a line at the end is left out."""
        at = start
        try:
            file = self._path.open("rb", buffering=CHUNK)
        except (FileNotFoundError, NotADirectoryError):
            return
        with file:
            file.seek(at)
            for data in file:
                if not data.endswith(b"\n"):
                    return
                yield at, data[:-1]
                at += len(data)

    def line_at(self, start: int) -> bytes:
        """Return one line by a seek in a file that stays open; raise LookupError if there is none or half a one."""
        try:
            file = self._file = self._file or self._path.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            raise LookupError(f"no line starts at byte {start}") from None
        file.seek(start)
        if (data := file.readline()).endswith(b"\n"):
            return data[:-1]
        raise LookupError(f"no line starts at byte {start}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
