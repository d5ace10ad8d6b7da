"""Ends this process as a power cut does, at a counted step."""

import os
import signal
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa


def die_before(engine: sa.Engine, step: int) -> Callable[[], None]:
    """Kill this process before statement or commit number `step`; what is returned counts one step more."""
    left = step

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(engine, "before_cursor_execute", count)
    sa.event.listen(engine, "commit", count)
    return count
