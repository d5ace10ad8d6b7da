"""Decides the mode of every file that a process makes: its owner's alone, except what is handed to others."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

OTHERS = 0o077
"""What the group and everybody else may do; nothing of it is given."""

_users_mask: ContextVar[int | None] = ContextVar("users_mask", default=None)


def keep_private() -> None:
    """Make folders 0700 and files and sockets 0600 from here on, in this process and in those that it starts."""
    os.umask(OTHERS)


@contextmanager
def private_files() -> Iterator[None]:
    """Keep what is made within the block private, and remember what the user's own mask is."""
    before = os.umask(OTHERS)
    token = _users_mask.set(before)
    try:
        yield
    finally:
        _users_mask.reset(token)
        os.umask(before)


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
