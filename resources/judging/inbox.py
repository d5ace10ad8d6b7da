"""The inbox: files wait here until they are imported or rejected, and are never lost."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.redaction import bytes_without_secrets
from kit.regular_files import FileTooLarge, NotAFile, open_regular, read_regular, refuse_linked_folder
from kit.times import unix_seconds
from resources.home import Home
from resources.judging.importer import LARGEST, Rejected
from resources.lake.files import replacing, sha256_file, sync_folder, write_whole

LONGEST_STEM = 60


def page_file(batch: str) -> str:
    """Return the name, in the inbox and in the ledger, of a batch of answers given on pages."""
    return f"page-{batch}.jsonl"


def pending(home: Home, name: str) -> list[Path]:
    """Return the score files that wait, oldest first; symbolic links and whatever is no file are left alone."""
    folder = home.inbox(name)
    found = [p for p in folder.glob("*") if p.suffix in {".jsonl", ".csv"} and p.is_file() and not p.is_symlink()]
    return sorted(
        (path for path in found if not path.name.startswith(".")), key=lambda p: (p.stat().st_mtime_ns, p.name)
    )


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
    return f"{hashlib.sha256(data).hexdigest()[:12]}-{source.stem[:LONGEST_STEM]}{suffix}"


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
    written.replace(target)
    sync_folder(target.parent)
    return target


def settle_accepted(path: Path) -> Path:
    """Move an imported file into the folder `imported`."""
    return _move(path, "imported")


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
    refuse_linked_folder(target.parent)
    path.chmod(0o600)  # whoever dropped it had modes of their own
    if target.exists() and (digest := sha256_file(path)) != sha256_file(target):
        target = target.with_name(f"{digest[:12]}-{path.name}")
    path.replace(target)
    return target
