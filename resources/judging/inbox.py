"""The folder into which people drop score files; what is taken from it is a value of the store at once."""

import hashlib
import os
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from core.benchmark.names import EXPERIMENT
from kit.regular_files import NotAFile, held_folder, open_regular
from resources.home import Home
from resources.judging.importer import LARGEST
from resources.judging.receiving.arrivals import arrival, arrivals
from resources.storage.local import local_storage

IMPORTED_DAYS, REJECTED_DAYS = 90, 30
"""For which imported and rejected files are kept; what was imported is in the scores for good."""
DAY_S = 86_400.0
SUFFIXES = frozenset({".jsonl", ".csv"})
LONGEST_STEM = 60
LONGEST_STEM_BYTES = 150
LONGEST_NAME = 200
"""Bytes of a file's name: with its rank, as that of its report, and while it is written, it is longer and must fit."""
SHOWN = 80
PIECE = 1 << 20


def page_file(batch: str) -> str:
    """Return the name, in the inbox and in the ledger, of a batch of answers given on pages."""
    return f"page-{batch}.jsonl"


class WaitingFile(NamedTuple):
    """A score file in the folder; its size is in bytes, its time of modification in nanoseconds since 1970."""

    path: Path
    size: int
    mtime_ns: int


class Waiting(NamedTuple):
    """The score files in the folder, oldest first, and a sentence for each entry named like one that is left alone.

    Names that begin with a dot, and those of other endings, are nobody's business.
    """

    files: list[WaitingFile]
    left_alone: list[str]


def folders(home: Home) -> set[str]:
    """Return the names of all experiments with a folder below the inbox, made by people or by what was received."""
    found = [*home.storage.blobs.list("inbox"), *local_storage(home.root).blobs.list("inbox")]
    return {entry[:-1] for entry in found if entry.endswith("/") and EXPERIMENT.fullmatch(entry[:-1])}


def waiting(home: Home, name: str) -> Waiting:
    """Return what stands in the folder; an entry that cannot be taken, whatever it is, keeps no other one out."""
    try:
        paths = sorted(home.inbox(name).iterdir())
    except FileNotFoundError:
        return Waiting([], [])
    files, left_alone = [], []
    for path in paths:
        if path.suffix not in SUFFIXES or path.name.startswith("."):
            continue
        try:
            found = path.lstat()
            fault = _fault(path, found)
        except FileNotFoundError:  # taken or removed by somebody else since
            continue
        except OSError as error:
            found, fault = None, str(error.strerror)
        if fault or found is None:
            left_alone.append(f"{path.name[:SHOWN]!a} is left alone: {fault}")
        else:
            files.append(WaitingFile(path, found.st_size, found.st_mtime_ns))
    return Waiting(sorted(files, key=lambda file: (file.mtime_ns, file.path.name)), left_alone)


def pending(home: Home, name: str) -> list[str]:
    """Return the names of all score files that wait to be imported, received ones first."""
    return [*(file.name for file in arrivals(home, name)), *(file.path.name for file in waiting(home, name).files)]


def _fault(path: Path, found: os.stat_result) -> str | None:
    """Return why an entry cannot be taken, None if it can."""
    if not path.name.isprintable():
        return "its name is not UTF-8, or holds a line end or another character that cannot be shown"
    if "\\" in path.name:
        return "its name holds a backslash"
    if len(path.name.encode()) > LONGEST_NAME:
        return f"its name has more than {LONGEST_NAME} bytes"
    if not stat.S_ISREG(found.st_mode):
        return "it is no regular file"
    return None if os.access(path, os.R_OK) else "it cannot be read"


def take_dropped(home: Home, name: str) -> None:
    """Make values of the store of the files that wait in the folder; the caller holds the writer lock.

    This is the one place where their times of modification count: they say when a file arrived, also one that an
    earlier version of the program had put there, and from here on its key says so. What is no file any more, or is
    gone, is passed over.
    """
    waiting_already = arrivals(home, name)
    for file in waiting(home, name).files:
        made = arrival(name, file.path.name, file.mtime_ns, waiting_already)
        with suppress(NotAFile, FileNotFoundError):
            if home.stores_files:
                _rename(file.path, home.root / made.key)
            else:
                _hand_over(home, file.path, made.key)
            waiting_already.append(made)


def _rename(path: Path, target: Path) -> None:
    """Give a file of the folder its place in the store, which has the files of the same home.

    It is not synced: a lost host leaves the file in one of the two.
    """
    target.parent.mkdir(exist_ok=True)
    with held_folder(target.parent) as held:
        with open_regular(path, ("file",), links=False) as opened:
            os.fchmod(opened.fileno(), 0o600)  # whoever dropped it had modes of their own
        path.replace(held / target.name)


def _hand_over(home: Home, path: Path, key: str) -> None:
    """Give a store elsewhere the bytes of a file of the folder; a kill in between leaves both, which are known."""
    folder, _, name = key.rpartition("/")
    with open_regular(path, ("file",), links=False) as opened:
        home.storage.datasets.create(folder, lambda _: name, lambda sink: shutil.copyfileobj(opened, sink, PIECE))
    path.unlink()


def versions(home: Home, files: Sequence[WaitingFile]) -> list[str]:
    """Return the names of files that wait in the folder, each with a hash of its bytes; of a too large one its size."""
    blobs = local_storage(home.root).blobs
    found = []
    for file in files:
        key = file.path.relative_to(home.root).as_posix()
        found.append(f"{file.path.name}:{file.size if file.size > LARGEST else blobs.tag(key)}")
    return found


def placed_name(source: Path, data: bytes) -> str:
    """Return the name under which the bytes of a file wait, made of their hash and the file's own."""
    suffix = ".csv" if source.suffix.lower() == ".csv" else ".jsonl"
    shown = "".join(character if character.isprintable() else "_" for character in source.stem[:LONGEST_STEM])
    stem = shown.replace("\\", "_").encode()[:LONGEST_STEM_BYTES].decode("utf-8", "ignore")
    return f"{hashlib.sha256(data).hexdigest()[:12]}-{stem}{suffix}"


def prune_settled(home: Home, now: float) -> int:
    """Delete imported files after 90 days and rejected ones after 30, by `now` in Unix seconds; return how many.

    A file's age is that of its last change, of name and place too.
    """
    deleted = 0
    for inbox in (home.root / "inbox").glob("tip-bench-*"):
        for folder, days in (("imported", IMPORTED_DAYS), ("rejected", REJECTED_DAYS)):
            settled = inbox / folder
            if inbox.is_symlink() or settled.is_symlink() or not settled.is_dir():
                continue
            for path in settled.iterdir():
                with suppress(OSError):  # the others go on; tried again the next night
                    found = path.lstat()
                    old = max(found.st_mtime, found.st_ctime) < now - days * DAY_S
                    if old and stat.S_ISREG(found.st_mode):
                        path.unlink()
                        deleted += 1
    return deleted
