"""Processes that write into a local store until somebody kills them; run as a module with the folder and the work."""

import subprocess
import sys
from itertools import count
from pathlib import Path

from contracts.storage import Storage
from resources.storage.local import local_storage

KEY, LEASE = "lake/value", "lake/lock"
SIZE = 300_000


def start(folder: Path, work: str, mine: str = "") -> "subprocess.Popen[str]":
    """Start a writer; the first line of its output says that it writes."""
    command = [sys.executable, "-m", "tests.resources.storage.local_writers", str(folder), work, mine]
    root = Path(__file__).parents[3]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)


def value(mine: str) -> bytes:
    """Return what a writer of this name puts, which nobody can mistake for a half of it."""
    return mine.encode() * SIZE


def put(storage: Storage, mine: str) -> None:
    """Put values over each other for good."""
    storage.blobs.put(KEY, value(mine))
    _say("writes")
    for _ in count():
        storage.blobs.put(KEY, value(mine))


def claim(storage: Storage, mine: str) -> None:
    """Wait for the word, then try to be the first of every round and say of which."""
    _say("ready")
    sys.stdin.readline()
    won = [number for number in range(100) if storage.blobs.put_if_absent(f"round/{number}", mine.encode())]
    _say(",".join(map(str, won)))


def append(storage: Storage, mine: str) -> None:
    """Append numbered lines under a lease, and say each once it is appended."""
    with (
        storage.leases.hold(LEASE, purpose="appending", now="now", wait_s=20) as fence,
        storage.logs.open(KEY, fence) as log,
    ):
        for number in count():
            log.append(f"{mine}{number}".encode())
            _say(str(number))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"put": put, "claim": claim, "append": append}[sys.argv[2]](local_storage(Path(sys.argv[1])), sys.argv[3])
