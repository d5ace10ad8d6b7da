"""Opens what people name: regular files only, once, to a limit; below a home through no link."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from core.expected_error import FieldError, OperatorError

STANDARD_INPUT = Path("-")
PIECE = 1 << 20
OPEN_FILES = Path("/proc/self/fd")
"""Where Linux shows what this process has open, so that a path may begin at an open folder."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISLNK, "a link"),
)


class NotAFile(FieldError):
    """What is to be read is no regular file, or stands behind a link below a home."""


class FileTooLarge(FieldError):
    """A file is larger than what is read of its kind."""

    code = "TOO_LARGE"


class LinkedFolder(OperatorError):
    """A link stands where the home has a folder or file of its own."""


def link_below(root: Path, path: Path) -> Path | None:
    """Return the first part of `path` below the folder `root` that is a link, None without one or outside of it.

    The folder itself may be a link, and `path` may reach it by either name.
    """
    for base in (root.absolute(), root.resolve()):
        if (whole := path.absolute()).is_relative_to(base):
            parts = whole.relative_to(base).parts
            steps = (base.joinpath(*parts[:count]) for count in range(1, len(parts) + 1))
            return next((step for step in steps if step.is_symlink()), None)
    return None


def refuse_links(root: Path, path: Path) -> Path:
    """Return `path`; raise LinkedFolder if it, or a folder on the way to it below `root`, is a link."""
    if link := link_below(root, path):
        raise LinkedFolder(f"{link} is a link: only the home itself may be one, put the folder or file itself there")
    return path


def refuse_linked_folder(folder: Path) -> None:
    """Raise LinkedFolder if `folder`, into which something is about to be written, is a link."""
    if folder.is_symlink():
        raise LinkedFolder(f"{folder} is a link: nothing is written through one, put a folder there")


@contextmanager
def held_folder(folder: Path) -> Iterator[Path]:
    """Yield a path that leads to the folder which is there now, whatever is put in its place while it is written into.

    Raise LinkedFolder if it is a link. Where the system has no /proc the path is the folder's own.
    """
    refuse_linked_folder(folder)
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        refuse_linked_folder(folder)  # put there since
        raise
    try:
        held = OPEN_FILES / str(handle)
        yield held if held.exists() else folder
    finally:
        os.close(handle)


def open_regular(path: Path, field: tuple[str, ...], *, links: bool = True, root: Path | None = None) -> BufferedReader:
    """Return the file, opened once; raise NotAFile for a folder, pipe, device or socket, which is not waited for.

    A link is followed unless `links` is false, or one stands below `root`. Raise FileNotFoundError without a file.
    """
    if root is not None:
        if link := link_below(root, path):
            raise NotAFile(f"{link} is a link: below the home only files of its own are read", field)
        links = links and not path.parent.resolve().is_relative_to(root.resolve())
    _refuse(path, path.stat() if links else path.lstat(), field)  # first, since to open a device may do something
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    file = os.fdopen(os.open(path, flags if links else flags | os.O_NOFOLLOW), "rb")
    try:
        _refuse(path, os.fstat(file.fileno()), field)
    except NotAFile:
        file.close()
        raise
    return file


def read_regular(
    path: Path, limit: int, field: tuple[str, ...], *, links: bool = True, root: Path | None = None
) -> bytes:
    """Return the bytes of a file as `open_regular` opens it; raise FileTooLarge for more than `limit` bytes."""
    with open_regular(path, field, links=links, root=root) as file:
        return _whole(file.read(min(os.fstat(file.fileno()).st_size, limit) + 1), str(path), limit, field)


def read_given(path: Path, limit: int, field: tuple[str, ...], root: Path) -> bytes:
    """Return the bytes of a file that a command names, and of standard input for `-`; `root` is the home."""
    if path == STANDARD_INPUT:
        pieces, size = [], 0
        while size <= limit and (piece := sys.stdin.buffer.read(PIECE)):
            pieces.append(piece)
            size += len(piece)
        return _whole(b"".join(pieces), "standard input", limit, field)
    return read_regular(path, limit, field, root=root)


def _whole(data: bytes, name: str, limit: int, field: tuple[str, ...]) -> bytes:
    if len(data) > limit:
        raise FileTooLarge(
            f"{name} is larger than {_size(limit)}, which is the most that is read of such a file", field
        )
    return data


def _refuse(path: Path, found: os.stat_result, field: tuple[str, ...]) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = next((name for is_it, name in _KINDS if is_it(found.st_mode)), "something else")
        raise NotAFile(f"{path} is {kind} and no file: name a regular file, or - where standard input is taken", field)


def _size(limit: int) -> str:
    return f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit >> 10} KB"
