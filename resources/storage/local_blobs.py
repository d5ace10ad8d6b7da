"""Blobs as files: written to a temporary name, synced and renamed, or linked where only the first may win."""

import os
import stat
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from contracts.storage import Fence
from kit.regular_files import NotAFile, open_regular
from resources.storage.files import create_exclusively, sha256_file, sync_folder, write_whole
from resources.storage.local_files import LocalFiles

SETTLED_NS = 2_000_000_000
"""A file that changed less than this ago is hashed each time: two changes in one tick of a coarse clock look alike."""
MOST_TAGS = 10_000
Stamp = tuple[int, ...]


class LocalBlobs:
    """Implements contracts.storage.Blobs on the files below a folder."""

    def __init__(self, files: LocalFiles, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._files, self._clock_ns = files, clock_ns
        self._tags: OrderedDict[Path, tuple[Stamp, str]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return the file's bytes, of which none are read before `start`; raise NotAFile for a pipe or device."""
        path = self._files.path(key)
        try:
            with open_regular(path, ("file",), links=False) as file:
                if start:
                    file.seek(start)
                return file.read(-1 if length is None else length)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except NotAFile:
            if path.is_dir():
                return None
            raise

    def put(self, key: str, data: bytes, fence: Fence | None = None) -> None:
        """Write the file by a rename, with the number of the lease held still; raise StaleFence."""
        path = self._files.path(key)
        with self._files.allowed(fence):
            write_whole(path, data)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Create the file by a link, which one of several writers can make."""
        return create_exclusively(self._files.path(key), data)

    def size(self, key: str) -> int | None:
        """Return how long the file is, None without one."""
        found = _stat(self._files.path(key))
        return None if found is None else found.st_size

    def tag(self, key: str) -> str | None:
        """Return half of the SHA-256 of the file, None without one.

        It is remembered for as long as inode, size and times stay, once the file has settled.
        """
        path = self._files.path(key)
        if (found := _stat(path)) is None:
            return None
        stamp = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        known = self._tags.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            tag = sha256_file(path)[:32]
        except FileNotFoundError:  # deleted meanwhile
            return None
        if self._clock_ns() - found.st_ctime_ns > SETTLED_NS:
            with self._lock:
                self._tags[path] = (stamp, tag)
                if len(self._tags) > MOST_TAGS:
                    self._tags.popitem(last=False)
        return tag

    def list(self, folder: str) -> list[str]:
        """Return the names in the folder, without those that begin with a dot."""
        try:
            with os.scandir(self._files.path(folder)) as entries:
                return sorted(
                    f"{entry.name}/" if entry.is_dir() else entry.name
                    for entry in entries
                    if not entry.name.startswith(".")
                )
        except (FileNotFoundError, NotADirectoryError):
            return []

    def delete(self, key: str) -> bool:
        """Remove the file and sync its folder; return whether there was one."""
        path = self._files.path(key)
        if _stat(path) is None:
            return False
        with suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)
            return True
        return False


def _stat(path: Path) -> os.stat_result | None:
    """Return what the system says of a file, None where there is none or a folder."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return None if stat.S_ISDIR(found.st_mode) else found
