"""Decides the mode of every file that a process makes: its owner's alone, except what is handed to others."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

OTHERS = 0o077
"""What the group and everybody else may do; nothing of it is given."""

_users_mask: ContextVar[int | None] = ContextVar("users_mask", default=None)


def keep_private() -> None:
    """Make folders 0700 and files and sockets 0600 from here on, in this process and in those that it starts."""
    os.umask(OTHERS)


class _Blocks:
    """Blocks of `private_files` that are open in any thread, since a process has one mask."""

    def __init__(self) -> None:
        self._lock, self._open, self._before = Lock(), 0, 0

    def enter(self) -> int:
        """Count one more and return the user's own mask; the first block changes it."""
        with self._lock:
            if not self._open:
                self._before = os.umask(OTHERS)
            self._open += 1
            return self._before

    def leave(self) -> None:
        """Count one less; after the last the mask is the user's again."""
        with self._lock:
            self._open -= 1
            if not self._open:
                os.umask(self._before)


_BLOCKS = _Blocks()


@contextmanager
def private_files() -> Iterator[None]:
    """Keep what is made within the block private, and remember what the user's own mask is.

    Several threads may be within blocks at once.
    """
    token = _users_mask.set(_BLOCKS.enter())
    try:
        yield
    finally:
        _users_mask.reset(token)
        _BLOCKS.leave()


@contextmanager
def handed_over() -> Iterator[None]:
    """Make files within the block as the user's own mask says: they lie outside of the home, where the user named."""
    mask = _users_mask.get()
    if mask is None:
        yield
        return
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
