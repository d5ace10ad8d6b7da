"""Shows how far a run is where somebody looks: on a terminal, and in a notebook."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TextIO

from resources.collect.progress import Advance, Progress
from wiring.cli.progress import ShownProgress, progress, redraws

COLUMNS = 100
"""A line of a notebook's output, at least."""
REDRAW_EVERY_S = 0.25


def shown(label: str, total: int) -> AbstractContextManager[Advance]:
    """Return the command line's bar on a terminal, the same bar on one line in a notebook, and nothing elsewhere."""
    if redraws():
        return progress(label, total)
    return one_line(label, sys.stderr) if is_notebook(sys.stderr) else hidden(label, total)


def is_notebook(stream: TextIO) -> bool:
    """Return whether the stream is that of a notebook's kernel, where a carriage return begins the line anew."""
    return type(stream).__module__.partition(".")[0] == "ipykernel"


@contextmanager
def hidden(_label: str, _total: int) -> Iterator[Advance]:
    """Show nothing, for `progress=False` and where nobody looks."""
    yield lambda _progress: None


@contextmanager
def one_line(label: str, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> Iterator[Advance]:
    """Write the bar over itself, four times a second at most, and remove it at the end."""
    bar, drawn_at, width = ShownProgress(label, clock), -REDRAW_EVERY_S, 0

    def advance(at: Progress) -> None:
        nonlocal drawn_at, width
        bar.advance(at)
        if clock() - drawn_at >= REDRAW_EVERY_S:
            drawn_at = clock()
            line = bar.bar(COLUMNS)[0]
            stream.write(f"\r{line.ljust(width)}")
            stream.flush()
            width = len(line)

    try:
        yield advance
    finally:
        stream.write(f"\r{' ' * width}\r")
        stream.flush()
