"""Blobs as files: written to a temporary name, synced and renamed, or linked where only the first may win."""

import os
import shutil
import stat
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from threading import Lock

from contracts.storage import Fence
from kit.regular_files import NotAFile, held_folder, open_regular, refuse_links
from resources.storage.files import create_exclusively, sha256_file, sync_folder, write_whole
from resources.storage.keys import is_part
from resources.storage.local_files import LocalFiles

SETTLED_NS = 2_000_000_000
"""A file that changed less than this ago is hashed each time: two changes in one tick of a coarse clock look alike."""
MOST_TAGS = 10_000
DISCARDED = ".deleted-"
"""How the name of a folder begins that is being deleted."""
Stamp = tuple[int, ...]


class LocalBlobs:
    """Implements contracts.storage.Blobs on the files below a folder."""

    def __init__(self, files: LocalFiles, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self._files, self._clock_ns = files, clock_ns
        self._tags: OrderedDict[str, tuple[Stamp, str]] = OrderedDict()
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

    def put_if_absent(self, key: str, data: bytes, fence: Fence | None = None) -> bool:
        """Create the file by a link, which one of several writers can make; raise StaleFence."""
        path = self._files.path(key)
        with self._files.allowed(fence):
            return create_exclusively(path, data)

    def size(self, key: str) -> int | None:
        """Return how long the file is, None without one."""
        found = _stat(self._files.path(key))
        return None if found is None else found.st_size

    def sizes(self, keys: Iterable[str]) -> Sequence[int | None]:
        """Return how long the files are, with one look at each folder on the way."""
        found = map(self._found, self._files.paths(keys))
        return [None if each is None else each.st_size for each in found]

    def tag(self, key: str) -> str | None:
        """Return half of the SHA-256 of the file, None without one.

        It is remembered for as long as inode, size and times stay, once the file has settled.
        """
        return self._tag(str(self._files.path(key)))

    def tags(self, keys: Iterable[str]) -> Sequence[str | None]:
        """Return the tags as `tag` does, with one look at each folder on the way."""
        return [self._tag(path) for path in self._files.paths(keys)]

    def _tag(self, path: str) -> str | None:
        if (found := self._found(path)) is None:
            return None
        stamp = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        known = self._tags.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            tag = sha256_file(Path(path))[:32]
        except FileNotFoundError:  # deleted meanwhile
            return None
        if self._clock_ns() - found.st_ctime_ns > SETTLED_NS:
            with self._lock:
                self._tags[path] = (stamp, tag)
                if len(self._tags) > MOST_TAGS:
                    self._tags.popitem(last=False)
        return tag

    def _found(self, path: str) -> os.stat_result | None:
        """Return what the system says of a file, None without one; raise LinkedFolder for a link."""
        found = _stat(path)
        if found is not None and stat.S_ISLNK(found.st_mode):
            refuse_links(self._files.root, Path(path))
        return found

    def list(self, folder: str) -> list[str]:
        """Return the names in the folder that a key may have; a link is no folder.

        Others, such as one with a backslash, somebody else put there.
        """
        try:
            with os.scandir(self._files.path(folder)) as entries:
                return sorted(
                    f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
                    for entry in entries
                    if is_part(entry.name)
                )
        except (FileNotFoundError, NotADirectoryError):
            return []

    def move(self, key: str, to: str, fence: Fence | None = None) -> bool:
        """Rename the file and sync its new folder; return whether there was one; raise StaleFence."""
        path, target = self._files.path(key), self._files.path(to)
        if _stat(path) is None:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        with held_folder(path.parent) as folder, held_folder(target.parent) as there:
            try:
                with self._files.allowed(fence):
                    (folder / path.name).replace(there / target.name)
            except FileNotFoundError:  # moved or deleted meanwhile
                return False
            sync_folder(there)
        return True

    def delete(self, key: str, fence: Fence | None = None) -> bool:
        """Remove the file and sync its folder; return whether there was one; raise StaleFence."""
        path = self._files.path(key)
        if _stat(path) is None:
            return False
        with self._files.allowed(fence), suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)
            return True
        return False

    def discard(self, folder: str, fence: Fence | None = None) -> bool:
        """Take the folder's name away by one rename, then its files; raise StaleFence."""
        path = self._files.path(folder)
        if not path.is_dir():
            return False
        discarded = path.with_name(f"{DISCARDED}{path.name}-{token_hex(4)}")
        with self._files.allowed(fence), suppress(FileNotFoundError):
            self._files.forget_numbers(path)
            path.rename(discarded)
            sync_folder(path.parent)
        shutil.rmtree(discarded, ignore_errors=True)
        return True

    def sweep(self, folder: str) -> None:
        """Remove the files of folders that were renamed in order to be discarded."""
        for discarded in self._files.path(folder).glob(f"{DISCARDED}*"):
            shutil.rmtree(discarded, ignore_errors=True)


def _stat(path: Path | str) -> os.stat_result | None:
    """Return what the system says of a file, None where there is none or a folder."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return None if stat.S_ISDIR(found.st_mode) else found
