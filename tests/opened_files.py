"""Counts how often files of a name are opened, which an audit hook sees whoever opens them."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_opened: Counter[str] | None = None


def _count(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], str):
        _opened[arguments[0].rpartition("/")[2]] += 1


sys.addaudithook(_count)  # it cannot be removed, and counts only while a test does


@contextmanager
def counting_opened() -> Iterator[Counter[str]]:
    """Yield a counter of the files opened in this process until the block ends, by their last name."""
    global _opened  # noqa: PLW0603  # what an audit hook can see
    found = _opened = Counter()
    try:
        yield found
    finally:
        _opened = None
