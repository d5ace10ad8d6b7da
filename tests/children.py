"""Processes that this one has started."""

from contextlib import suppress
from pathlib import Path


def running_children(words: str) -> list[int]:
    """Return the ids of this process's children whose command line holds `words`; threads may end meanwhile."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended since
            found += [int(number) for number in (task / "children").read_text().split()]
    return [number for number in found if words in _command_line(number)]


def _command_line(number: int) -> str:
    """Return how process `number` was called; empty if it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{number}/cmdline").read_text()
    return ""
