"""The inbox: files wait here until they are imported or rejected, and are never lost."""

import hashlib
import os
import re
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from core.redaction import bytes_without_secrets
from kit.regular_files import FileTooLarge, NotAFile, held_folder, open_regular, read_regular
from kit.times import unix_seconds
from resources.home import Home
from resources.judging.importer import LARGEST, Rejected
from resources.storage.files import replacing, sha256_file, sync_folder, write_whole

UPLOADED = re.compile(r"[0-9a-f]{12}-upload\.(jsonl|csv)")
IMPORTED_DAYS, REJECTED_DAYS = 90, 30
"""For which imported and rejected files are kept; what was imported is in the scores for good."""
DAY_S = 86_400.0
SUFFIXES = frozenset({".jsonl", ".csv"})
LONGEST_STEM = 60
LONGEST_STEM_BYTES = 150
LONGEST_NAME = 200
"""Bytes of a file's name: the names of its report, and of that while it is written, are longer and must fit too."""
SHOWN = 80


def page_file(batch: str) -> str:
    """Return the name, in the inbox and in the ledger, of a batch of answers given on pages."""
    return f"page-{batch}.jsonl"


class WaitingFile(NamedTuple):
    """A score file that waits; its size is in bytes, its time in nanoseconds since 1970."""

    path: Path
    size: int
    mtime_ns: int


class Waiting(NamedTuple):
    """The score files that wait, oldest first, and a sentence for each entry that is left alone though named like one.

    Names that begin with a dot, and those of other endings, are nobody's business.
    """

    files: list[WaitingFile]
    left_alone: list[str]


def waiting(home: Home, name: str) -> Waiting:
    """Return what stands in the inbox; an entry that cannot be taken, whatever it is, keeps no other one out."""
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


def pending(home: Home, name: str) -> list[Path]:
    """Return the score files that wait, oldest first."""
    return [file.path for file in waiting(home, name).files]


def _fault(path: Path, found: os.stat_result) -> str | None:
    """Return why an entry cannot be taken, None if it can."""
    if not path.name.isprintable():
        return "its name is not UTF-8, or holds a line end or another character that cannot be shown"
    if len(path.name.encode()) > LONGEST_NAME:
        return f"its name has more than {LONGEST_NAME} bytes"
    if not stat.S_ISREG(found.st_mode):
        return "it is no regular file"
    return None if os.access(path, os.R_OK) else "it cannot be read"


def redact_waiting(home: Home, name: str, secrets: Sequence[str]) -> None:
    """Take these secrets out of the files that wait, whoever dropped them; their order stays."""
    for path in pending(home, name) if secrets else ():
        with suppress(NotAFile, FileTooLarge, FileNotFoundError):  # said when they are imported
            data = read_regular(path, LARGEST, ("file",), links=False)
            if (clean := bytes_without_secrets(data, secrets)) != data:
                at = path.stat().st_mtime_ns
                with replacing(path) as temporary:
                    temporary.write_bytes(clean)
                    os.utime(temporary, ns=(at, at))


def put(home: Home, name: str, source: Path, data: bytes) -> Path:
    """Write the bytes of a file into the inbox, under a name made of their hash and its own, and return the path."""
    target = home.inbox(name) / _placed_name(source, data)
    write_whole(target, data)
    return target


def put_rejected(home: Home, name: str, source: Path, data: bytes, rejected: Rejected) -> Path:
    """Store a file that is rejected before it waits, with its report; return the path at which it would have waited."""
    waiting = home.inbox(name) / _placed_name(source, data)
    stored = waiting.parent / "rejected" / waiting.name
    write_whole(stored, data)
    _report(stored, rejected)
    return waiting


def _placed_name(source: Path, data: bytes) -> str:
    suffix = ".csv" if source.suffix.lower() == ".csv" else ".jsonl"
    shown = "".join(character if character.isprintable() else "_" for character in source.stem[:LONGEST_STEM])
    stem = shown.encode()[:LONGEST_STEM_BYTES].decode("utf-8", "ignore")
    return f"{hashlib.sha256(data).hexdigest()[:12]}-{stem}{suffix}"


def place(home: Home, name: str, file: str, data: bytes, at: str) -> Path:
    """Write a score file with the time `at` (ISO 8601), which is its rank among the waiting ones; idempotent."""
    target = home.inbox(name) / file
    moment = unix_seconds(at)
    with replacing(target) as temporary:
        temporary.write_bytes(data)
        os.utime(temporary, (moment, moment))
    return target


def move_in(home: Home, name: str, written: Path, sha256: str, stem: str) -> Path:
    """Move a finished file of this home into the inbox, under a name made of its hash; moving it again is the same."""
    target = home.inbox(name) / f"{sha256[:12]}-{stem}{written.suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_regular(written, ("file",), links=False) as file:
        os.fsync(file.fileno())
    with held_folder(target.parent) as folder:
        written.replace(folder / target.name)
        sync_folder(folder)
    return target


def is_upload(path: Path) -> bool:
    """Return whether a file came by an upload link, from a judge: it is kept as the lines of its answers alone."""
    return UPLOADED.fullmatch(path.name) is not None


def settle_accepted(path: Path, lines: bytes | None = None) -> Path:
    """Move an imported file into the folder `imported`; with `lines` these are kept in its place."""
    if lines is None:
        return _move(path, "imported")
    target = path.parent / "imported" / path.with_suffix(".jsonl").name
    write_whole(target, lines)
    path.unlink()
    return target


def settle_rejected(path: Path, rejected: Rejected) -> Path:
    """Move a rejected file into the folder `rejected`, with a report next to it; return the report's path."""
    return _report(_move(path, "rejected"), rejected)


def _report(stored: Path, rejected: Rejected) -> Path:
    report = stored.with_name(stored.name + ".report.txt")
    write_whole(report, f"{rejected}\n\nCorrect the file and import it again; nothing of it was taken.\n".encode())
    return report


def _move(path: Path, folder: str) -> Path:
    """Move a file into `folder`; a file of the same name and other bytes stays there."""
    target = path.parent / folder / path.name
    target.parent.mkdir(exist_ok=True)
    with held_folder(target.parent) as held:
        with open_regular(path, ("file",), links=False) as file:
            os.fchmod(file.fileno(), 0o600)  # whoever dropped it had modes of their own
        if (held / path.name).exists() and (digest := sha256_file(path)) != sha256_file(held / path.name):
            target = target.with_name(f"{digest[:12]}-{path.name}")
        path.replace(held / target.name)
    return target


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
