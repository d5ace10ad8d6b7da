"""Logs as files: a segment each, the first under the log's own name, appended by one write a line."""

import errno
import os
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Self

from contracts.storage import Fence, Segment
from resources.storage.files import CHUNK, sync_folder, whole_lines
from resources.storage.keys import segment_key
from resources.storage.local_files import FenceGuard, LocalFiles


class LocalLogs:
    """Implements contracts.storage.Logs on the files below a folder."""

    def __init__(self, files: LocalFiles) -> None:
        self._files = files

    def open(self, key: str, fence: Fence | None = None) -> "LocalLog":
        """Return the log with its last segment open; raise StaleFence, or LinkedFolder."""
        return LocalLog(self._files, key, fence)

    def read(self, key: str) -> "LocalReader":
        """Return a reader of the segments that there are now."""
        return LocalReader([(start, path) for start, path in _segments(self._files, key) if path.exists()])


class LocalLog:
    """Implements contracts.storage.AppendLog."""

    def __init__(self, files: LocalFiles, key: str, fence: Fence | None) -> None:
        self._files, self._key = files, key
        with ExitStack() as opened:
            self._guard = None if fence is None else opened.enter_context(FenceGuard(files, fence))
            with self._allowed():
                self._start, path = list(_segments(files, key))[-1]
                self._open(path)
            self._opened = opened.pop_all()

    @property
    def size(self) -> int:
        """Return the end of the last whole line."""
        return self._start + self._written

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
        at = self._start + self._written
        self._written += len(data)
        return at

    def sync(self) -> None:
        """Write what was appended to the disk itself; blocks for it."""
        os.fsync(self._handle)

    def seal(self) -> None:
        """Begin the file of the next segment, unless this one is empty."""
        self.sync()
        if not self._written:
            return
        with self._allowed():
            before, self._start = self._handle, self.size
            self._open(self._files.path(segment_key(self._key, self._start)))
            os.close(before)

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
        """Open the file of a segment, made at first use, and cut off half a line at its end."""
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
    """Implements contracts.storage.LogReader; a reader sees what was appended since, in the segments that it knows."""

    def __init__(self, segments: list[tuple[int, Path]]) -> None:
        self._segments, self._starts = segments, [start for start, _ in segments]
        self._files: dict[int, BinaryIO] = {}

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield from the file of one segment after the other; half a line at the end is left out."""
        at = start
        for begin, path in self._segments[max(0, self._place(start)) :]:
            with path.open("rb", buffering=CHUNK) as file:
                file.seek(at - begin)
                for data in file:
                    if not data.endswith(b"\n"):
                        return
                    yield at, data[:-1]
                    at += len(data)

    def line_at(self, start: int) -> bytes:
        """Return one line by a seek in a file that stays open; raise LookupError if there is none or half a one."""
        place = self._place(start)
        if place >= 0:
            file = self._files.get(place) or self._opened(place)
            file.seek(start - self._starts[place])
            if (data := file.readline()).endswith(b"\n"):
                return data[:-1]
        raise LookupError(f"no line starts at byte {start}")

    def segments(self) -> list[Segment]:
        """Return the segments that the reader knows, the last one with its whole lines."""
        last = len(self._segments) - 1
        sizes = [whole_lines(self._opened(place).fileno()) for place in range(last + 1)]
        return [Segment(start, sizes[place], place < last) for place, start in enumerate(self._starts)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def _place(self, start: int) -> int:
        """Return which segment the byte `start` is in."""
        return bisect_right(self._starts, start) - 1 if len(self._starts) > 1 else len(self._starts) - 1

    def _opened(self, place: int) -> BinaryIO:
        if place not in self._files:
            self._files[place] = self._segments[place][1].open("rb")
        return self._files[place]


def _segments(files: LocalFiles, key: str) -> Iterator[tuple[int, Path]]:
    """Yield where each segment begins, and its file: the first one always, each other one if it is there."""
    start, path = 0, files.path(key)
    yield start, path
    while path.exists() and (size := path.stat().st_size):
        start += size
        path = files.path(segment_key(key, start))
        if not path.exists():
            return
        yield start, path
